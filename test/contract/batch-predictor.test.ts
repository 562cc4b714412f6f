import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchPredictor } from '../../adapters/aws/sagemaker/batch-predictor';
import { SageMakerTransformJobs } from '../../adapters/aws/sagemaker/transform-jobs';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import { predictedBy } from '../../adapters/local/propensity/ask-kept-model';
import { readArtefact, writeModel, type Artefact } from '../../adapters/local/propensity/artefact';
import { train } from '../../adapters/local/propensity/train';
import { Xgboost } from '../../adapters/local/propensity/xgboost';
import type { FeatureTable, LabelledTable } from '../../core/propensity/feature-table';
import { randomNumbers } from '../../core/statistics/random-numbers';
import type { KeptModel } from '../../ports/model-store';
import type { ObjectStore } from '../../ports/object-store';
import type { TrainingInput } from '../../schemas/training';
import { FaultProxy, THROTTLED, UNAVAILABLE, isOperation } from '../stand-ins/fault-proxy';
import type { HttpFront } from '../stand-ins/http-front';
import { TransformFront } from '../stand-ins/transform-front';
import { testConnection } from '../support/aws';
import { ENGINE_START_MS } from '../support/engines';

const LOCATION = 's3://bucket/lake';
const SETTINGS = {
  image: '1.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5',
  roleArn: 'arn:aws:iam::1:role/serving',
  ...{ instanceType: 'ml.m5.xlarge', instances: 2, kmsKeyId: 'arn:aws:kms:eu-central-1:1:key/k' },
};
const ROWS = 300;
const random = randomNumbers(3);
const KINDS = ['binary', 'classes', 'score'] as const;

/** A number that is missing now and then, and a category. */
function tableOf(rows: number): FeatureTable {
  const calls = Float32Array.from({ length: rows }, () => (random() < 0.2 ? Number.NaN : random() * 9));
  const codes = Int32Array.from({ length: rows }, () => Math.floor(random() * 3) - 1);
  return {
    rows,
    features: [
      { name: 'calls', kind: 'number', values: calls },
      { name: 'plan', kind: 'category', categories: ['S', 'L'], codes },
    ],
  };
}

function labelled(kind: (typeof KINDS)[number]): LabelledTable {
  const table = tableOf(ROWS);
  const [calls] = table.features as [{ values: Float32Array }, unknown];
  const labels = calls.values.map((value) => {
    const own = (Number.isNaN(value) ? 2 : value) + random() * 3;
    return kind === 'score' ? own : Math.min(kind === 'binary' ? 1 : 2, Math.floor(own / 4));
  });
  return { ...table, labels, groups: Int32Array.from(labels, (_, row) => row) };
}

let folder: string;
let objects: ObjectStore;
let front: TransformFront & HttpFront;
let proxy: FaultProxy;
let booster: Xgboost;
let batch: BatchPredictor;
const kept = new Map<string, Artefact>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-batch-'));
  objects = await openFolderObjectStore(join(folder, 'objects'));
  front = await TransformFront.start(objects, LOCATION);
  proxy = await FaultProxy.start(front.url);
  booster = await Xgboost.start();
  const jobs = new SageMakerTransformJobs(testConnection(proxy.url, ['sagemaker']), SETTINGS);
  batch = new BatchPredictor({ jobs, objects, location: LOCATION, name: 'hub', basis: '' });
  for (const kind of KINDS) {
    const table = labelled(kind);
    const classes = kind === 'classes' ? { classes: ['a', 'b', 'c'] } : {};
    const spec: TrainingInput = { kind, target: 'own', ...classes, evaluation: { repeats: 0 } };
    const at = join(folder, kind);
    await writeModel(at, await train(table, spec), { target: 'own', ...classes, table });
    await objects.upload(join(at, 'model.tar.gz'), `models/${kind}/v1/model.tar.gz`);
    kept.set(kind, await readArtefact(at));
  }
}, ENGINE_START_MS);
afterAll(async () => {
  batch?.close();
  await booster?.close();
  await proxy?.stop();
  await front?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  proxy.reset();
  front.reset();
});

const modelOf = (kind: string) => kept.get(kind) as KeptModel;
const ask = (table: FeatureTable, signal?: AbortSignal, kind = 'binary') =>
  batch.predict({ model: kind, version: 'v1' }, modelOf(kind), table, signal);
async function left(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of objects.list('models/scoring/')) found.push(key);
  return found;
}

it.each(KINDS)('a transform job says of %s what is said here, and leaves nothing of what was asked', async (kind) => {
  const table = tableOf(50);
  const [theirs, ours] = [await ask(table, undefined, kind), await predictedBy(modelOf(kind), table, booster)];
  expect(theirs).toHaveLength(ours.length);
  theirs.forEach((value, index) => expect(value).toBeCloseTo(ours[index]!, 5));
  expect(await left()).toEqual([]);
  const [job] = [...front.jobs.values()];
  expect(job!.body).toMatchObject({
    BatchStrategy: 'MultiRecord',
    TransformInput: { ContentType: 'text/csv', SplitType: 'Line' },
    TransformOutput: { Accept: 'text/csv', AssembleWith: 'Line', KmsKeyId: SETTINGS.kmsKeyId },
    TransformResources: { InstanceType: 'ml.m5.xlarge', InstanceCount: 2, VolumeKmsKeyId: SETTINGS.kmsKeyId },
  });
});

it('of nobody nothing is asked', async () => {
  expect(await ask(tableOf(0))).toEqual(new Float32Array());
  expect(front.jobs.size).toBe(0);
});

it('who asks the same again, as after a crash, finds the job that goes on', async () => {
  const table = tableOf(20);
  const both = await Promise.all([ask(table), ask(table)].map((asked) => asked.catch((error: Error) => error)));
  expect(front.jobs.size).toBe(1);
  expect(both.filter((answer) => answer instanceof Float32Array).length).toBeGreaterThanOrEqual(1);
});

it.each([
  ['throttled', THROTTLED],
  ['unavailable', UNAVAILABLE],
])('goes on where SageMaker is %s, and begins no job twice', async (_, fault) => {
  proxy.order(2, fault, isOperation('CreateTransformJob'));
  expect(await ask(tableOf(20))).toHaveLength(20);
  expect(front.jobs.size).toBe(1);
});

it('says why a job failed, and begins another when it is asked again', async () => {
  const table = tableOf(20);
  front.failure = 'out of memory';
  await expect(ask(table)).rejects.toMatchObject({
    code: 'SCORING_FAILED',
    retryable: false,
    message: expect.stringMatching(/out of memory.*TransformJobs/s),
  });
  front.failure = undefined;
  expect(await ask(table)).toHaveLength(20);
  expect(front.jobs.size).toBe(2);
});

it('stops the job when nobody waits any more', async () => {
  front.isEndless = true;
  const stopping = new AbortController();
  const asked = ask(tableOf(20), stopping.signal);
  const refused = expect(asked).rejects.toMatchObject({ code: 'CANCELLED' });
  while (front.jobs.size === 0) await new Promise(setImmediate);
  stopping.abort();
  await refused;
  expect([...front.jobs.values()].map(({ status }) => status)).toEqual(['Stopping']);
});

it('refuses an answer that is not one of so many rows', async () => {
  const table = tableOf(20);
  const classes = { ...modelOf('binary'), manifest: { ...modelOf('binary').manifest, classes: ['a', 'b'] } };
  await expect(batch.predict({ model: 'binary', version: 'v1' }, classes, table)).rejects.toMatchObject({
    code: 'SCORING_FAILED',
    message: expect.stringContaining('has 20 values, and 40 numbers were expected'),
  });
});
