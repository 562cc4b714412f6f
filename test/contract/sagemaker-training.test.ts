import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import { Xgboost } from '../../adapters/local/propensity/xgboost';
import { SageMakerBooster } from '../../adapters/aws/sagemaker/sagemaker-booster';
import { SageMakerTrainingJobs } from '../../adapters/aws/sagemaker/training-jobs';
import { learnAndTest } from '../../core/propensity/held-out';
import { randomNumbers } from '../../core/statistics/random-numbers';
import type { ObjectStore } from '../../ports/object-store';
import type { BoosterParameters, LabelledMatrix } from '../../ports/tree-booster';
import { trainingSpec } from '../../schemas/training';
import { EXPIRED_TOKEN, FaultProxy, THROTTLED, UNAVAILABLE, isOperation } from '../stand-ins/fault-proxy';
import type { HttpFront } from '../stand-ins/http-front';
import { TrainingFront } from '../stand-ins/training-front';
import { testConnection } from '../support/aws';
import { ENGINE_START_MS } from '../support/engines';

const LOCATION = 's3://bucket/lake';
const SETTINGS = {
  image: '1.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5',
  roleArn: 'arn:aws:iam::1:role/training',
  ...{ instanceType: 'ml.m5.xlarge', volumeGb: 30, mostSeconds: 3_600, kmsKeyId: 'arn:aws:kms:eu-central-1:1:key/k' },
};
const PARAMETERS: BoosterParameters = {
  ...{ objective: 'binary:logistic', eval_metric: 'logloss', max_depth: 3, eta: 0.1, subsample: 0.8 },
  ...{ tree_method: 'hist', nthread: 2, seed: 7 },
};

const ROWS = 400;
const COLUMNS = 5;
let seed = 0;
/** Other rows each time: a job of their own. The last column is missing more often than not. */
function rows(): LabelledMatrix {
  const random = randomNumbers(++seed);
  const values = Float32Array.from({ length: ROWS * COLUMNS }, (_, at) =>
    random() < (at % COLUMNS === COLUMNS - 1 ? 0.6 : 0.1) ? Number.NaN : random() * 1e-3,
  );
  const labels = Float32Array.from({ length: ROWS }, (_, row) => {
    const own = values[row * COLUMNS]!;
    return (Number.isNaN(own) ? 8e-4 : own) > 5e-4 ? 1 : 0;
  });
  return { rows: ROWS, columns: COLUMNS, values, labels };
}

let folder: string;
let objects: ObjectStore;
let front: TrainingFront & HttpFront;
let proxy: FaultProxy;
let local: Xgboost;
let booster: SageMakerBooster;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-sagemaker-'));
  objects = await openFolderObjectStore(join(folder, 'objects'));
  front = await TrainingFront.start(objects, LOCATION);
  proxy = await FaultProxy.start(front.url);
  local = await Xgboost.start();
  const jobs = new SageMakerTrainingJobs(testConnection(proxy.url, ['sagemaker']), SETTINGS);
  booster = new SageMakerBooster({ local, jobs, objects, location: LOCATION, name: 'hub', basis: '' });
}, ENGINE_START_MS);
afterAll(async () => {
  await booster?.close();
  await proxy?.stop();
  await front?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  proxy.reset();
  front.reset();
});

const learn = (data: LabelledMatrix, signal?: AbortSignal) => booster.train(data, PARAMETERS, 20, signal);
const names = () => [...front.jobs.keys()];
async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of objects.list('models/training/')) found.push(key);
  return found;
}

it(
  'a job learns what is learned here, of the same rows: what is missing there is missing here',
  async () => {
    const data = rows();
    const before = (await keys()).length;
    const [theirs, ours] = [await learn(data), await local.train(data, PARAMETERS, 20)];
    const said = await Promise.all(
      [theirs, ours].map(async (model) => {
        const opened = await booster.open(model);
        const margins = await opened.margins(data);
        await opened.close();
        return margins;
      }),
    );
    said[0]!.forEach((margin, row) => expect(margin).toBeCloseTo(said[1]![row]!, 5));
    expect(front.jobs.get(names()[0]!)!.body).toMatchObject({
      AlgorithmSpecification: { TrainingImage: SETTINGS.image, TrainingInputMode: 'File' },
      RoleArn: SETTINGS.roleArn,
      HyperParameters: { num_round: '20', max_depth: '3', seed: '7', objective: 'binary:logistic' },
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', VolumeKmsKeyId: SETTINGS.kmsKeyId },
      StoppingCondition: { MaxRuntimeInSeconds: 3_600 },
    });
    // Rows of customers do not lie about; what was learned of them does.
    expect((await keys()).slice(before)).toEqual([expect.stringMatching(/output\/model\.tar\.gz$/)]);
  },
  ENGINE_START_MS,
);

it('who asks for the same finds the job that there is, and who asks for other rows begins another', async () => {
  const data = rows();
  const [first, second] = [await learn(data), await learn(data)];
  expect(second).toEqual(first);
  expect(names()).toHaveLength(1);
  await learn(rows());
  expect(names()).toHaveLength(2);
}, 120_000);

it.each([
  ['throttles', THROTTLED],
  ['is not well', UNAVAILABLE],
])(
  'one job is begun where SageMaker %s',
  async (_, fault) => {
    proxy.order(2, fault, isOperation('CreateTrainingJob'));
    proxy.order(1, fault, isOperation('DescribeTrainingJob'));
    await learn(rows());
    expect(names()).toHaveLength(1);
  },
  120_000,
);

it('one job is begun where the answer to its beginning is lost', async () => {
  proxy.order(1, { kind: 'cut', at: 'answer' }, isOperation('CreateTrainingJob'));
  await learn(rows());
  expect(names()).toHaveLength(1);
}, 120_000);

it("a job that fails is told with SageMaker's reason and nothing is left of its rows; asked again, another is begun", async () => {
  const data = rows();
  const before = await keys();
  front.failure = 'Customer Error: no';
  await expect(learn(data)).rejects.toMatchObject({
    code: 'TRAINING_FAILED',
    retryable: false,
    message: expect.stringContaining('AlgorithmError: Customer Error: no'),
  });
  expect(await keys()).toEqual(before);
  front.failure = undefined;
  await learn(data);
  expect(names()).toEqual([expect.stringMatching(/^hub-[0-9a-f]{16}$/), expect.stringMatching(/^hub-[0-9a-f]{16}-2$/)]);
}, 120_000);

it('who calls it off stops the job', async () => {
  front.isEndless = true;
  const stopping = new AbortController();
  const learning = learn(rows(), stopping.signal);
  learning.catch(() => undefined);
  while (names().length === 0) await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await expect(learning).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(front.jobs.get(names()[0]!)!.status).toBe('Stopping');
}, 60_000);

it('whoever asks again while the job that was called off is still stopping begins another', async () => {
  front.isEndless = true;
  const [data, stopping] = [rows(), new AbortController()];
  const learning = learn(data, stopping.signal);
  learning.catch(() => undefined);
  while (names().length === 0) await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await expect(learning).rejects.toMatchObject({ code: 'CANCELLED' });
  front.isEndless = false;
  await learn(data);
  expect([...front.jobs.values()].map(({ status }) => status)).toEqual(['Stopped', 'Completed']);
}, 120_000);

it('a whole model is one job: what is looked for, and what it is compared with, is learned here', async () => {
  const data = rows();
  const columns = Array.from({ length: COLUMNS }, (_, column) => ({
    ...{ name: `f${column}`, kind: 'number' as const },
    values: Float32Array.from({ length: ROWS }, (_one, row) => data.values[row * COLUMNS + column]!),
  }));
  const table = { rows: ROWS, features: columns, labels: data.labels };
  const spec = trainingSpec.parse({ kind: 'binary', target: 'hit', seed: 7, threads: 2 });
  const { measures, baselines } = await learnAndTest({ train: table, test: table }, spec, { booster });
  expect(names()).toHaveLength(1);
  expect([measures, baselines.linear]).toMatchObject([{ rows: ROWS }, { rows: ROWS }]);
}, 120_000);

it('credentials that expired are told as such', async () => {
  proxy.order(1, EXPIRED_TOKEN, isOperation('DescribeTrainingJob'));
  await expect(learn(rows())).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_EXPIRED' });
});
