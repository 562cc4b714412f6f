import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neptuneDataClient } from '../../adapters/aws/neptune/data-client';
import { GraphExports } from '../../adapters/aws/neptune-ml/graph-export';
import { NeptuneMlJobs } from '../../adapters/aws/neptune-ml/ml-jobs';
import { planFeatures } from '../../core/features/feature-plan';
import { isTestedWith } from '../../core/features/sample-rows';
import type { ExportShape } from '../../core/propensity/graph/training-configuration';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import type { ObjectStore } from '../../ports/object-store';
import { FaultProxy, UNAVAILABLE, type Fault, type Matches } from '../stand-ins/fault-proxy';
import type { HttpFront } from '../stand-ins/http-front';
import { NeptuneMlFront } from '../stand-ins/neptune-ml-front';
import { refusal } from '../stand-ins/neptune-record';
import { testConnection } from '../support/aws';
import { ENGINE_START_MS } from '../support/engines';
import { openTestRoom, type TestRoom } from '../support/local-room';
import { churnSpec, fillHistories } from './histories-contract';

const LOCATION = 's3://bucket/lake';
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const SETTINGS = {
  ...{ name: 'hub', roleArn: 'arn:aws:iam::1:role/ml', trainings: 10, parallelTrainings: 2, mostSeconds: 3_600 },
  ...{ trainingInstanceType: 'ml.g5.xlarge', kmsKeyId: 'key', subnets: ['subnet-1'], securityGroupIds: ['sg-1'] },
};
const PLAN = planFeatures(
  { ...churnSpec.features, sets: ['recency', 'rhythm'] },
  { letters: new Map([['complaint', 100]]), transitions: new Map(), channels: new Set(), attributes: new Map() },
);
const SHAPE: ExportShape = {
  columns: [
    { feature: 'days since complaint', column: 'f0', kind: 'number' },
    { feature: 'rhythm steps', column: 'f1', kind: 'number' },
  ],
  target: 'churn',
  task: 'classification',
  ties: ['address'],
};

let room: TestRoom;
let folder: string;
let objects: ObjectStore;
let front: NeptuneMlFront & HttpFront;
let proxy: FaultProxy;
let jobs: NeptuneMlJobs;
let client: ReturnType<typeof neptuneDataClient>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-neptune-ml-'));
  room = await openTestRoom();
  await fillHistories(room.lake);
  objects = await openFolderObjectStore(join(folder, 'objects'));
  front = await NeptuneMlFront.start(objects, LOCATION);
  proxy = await FaultProxy.start(front.url);
  client = neptuneDataClient(testConnection(proxy.url, ['neptune']), undefined);
  jobs = new NeptuneMlJobs(client, SETTINGS);
}, ENGINE_START_MS);
afterAll(async () => {
  client?.destroy();
  await proxy?.stop();
  await front?.stop();
  await room?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  proxy.reset();
  front.jobs.clear();
  front.failure = undefined;
  front.isEndless = false;
});

async function exported(name: string, asOf: number, labelsFrom = asOf): Promise<string> {
  const own = `neptune-ml/${name}/`;
  const wanted = { spec: churnSpec, plan: PLAN, shape: SHAPE, moments: { asOf, labelsFrom }, folder: own };
  await new GraphExports(room.lake, objects).write(wanted, {});
  return `${LOCATION}/${own}`;
}

const learnedFrom = () => exported('learned', START + 35 * DAY);
const place = (name: string) => `${LOCATION}/neptune-ml/${name}/`;
const is =
  (verb: string, path: string): Matches =>
  ({ method, url }) =>
    method === verb && url.startsWith(path);
/** An error in the words of Neptune's data API. */
const refused = (code: string): Fault => ({
  kind: 'answer',
  answer: () => {
    const { status, body } = refusal(code, 'made up by a test');
    return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  },
});
const process = async (signal?: AbortSignal) =>
  jobs.process('hub-p', { input: await learnedFrom(), output: place('processed') }, signal);

it('a model is learned from what was exported, and looks at a later export that is processed as the first one was', async () => {
  const processing = await process();
  const training = await jobs.train('hub-t', { processing, output: place('model') });
  const later = {
    input: await exported('later', START + 80 * DAY, START + 60 * DAY),
    output: place('processed-later'),
  };
  const again = await jobs.process('hub-p-later', { ...later, previous: processing });
  await jobs.transform('hub-x', { processing: again, training, output: place('told') });
  expect([...front.jobs.values()].map(({ status }) => status)).toEqual(Array(4).fill('Completed'));
  expect(front.jobs.get(processing)!.body).toMatchObject({
    modelType: 'heterogeneous',
    neptuneIamRoleArn: SETTINGS.roleArn,
    sagemakerIamRoleArn: SETTINGS.roleArn,
    processingTimeOutInSeconds: 3_600,
    volumeEncryptionKMSKey: 'key',
    s3OutputEncryptionKMSKey: 'key',
    subnets: ['subnet-1'],
  });
  expect(front.jobs.get(training)!.body).toMatchObject({
    trainingInstanceType: 'ml.g5.xlarge',
    maxHPONumberOfTrainingJobs: 10,
    maxHPOParallelTrainingJobs: 2,
  });
  const { graph, stump } = front.jobs.get('hub-x')!;
  // Who complained then left within three weeks.
  expect(stump!.column).toBe('f0');
  expect([...graph!.nodes.values()].filter((cells) => cells['~label'] === 'Customer')).toHaveLength(240);
  // Of the three who share an address, all are there by then, each with an edge.
  expect(graph!.edges.map((edge) => edge['~from'])).toEqual(['c000', 'c001', 'c002']);
}, 60_000);

it('nothing of the future is exported: neither who comes to share something, nor what becomes of those tested with', async () => {
  await jobs.process('hub-early', { input: await exported('early', START + 15 * DAY), output: place('p') });
  const { nodes, edges } = front.jobs.get('hub-early')!.graph!;
  expect(edges).toEqual([]);
  const customers = [...nodes.values()];
  expect(new Set(customers.map((cells) => cells['~label']))).toEqual(new Set(['Customer']));
  const tested = customers.filter((cells) => isTestedWith(cells['~id']!));
  expect(tested.length).toBeGreaterThan(50);
  expect(new Set(tested.map((cells) => cells['churn']))).toEqual(new Set([undefined]));
  expect(new Set(customers.map((cells) => cells['churn']))).toEqual(new Set([undefined, 'no']));
}, 60_000);

it('who asks for the same finds the job that there is', async () => {
  expect([await process(), await process()]).toEqual(['hub-p', 'hub-p']);
  expect([...front.jobs.keys()]).toEqual(['hub-p']);
}, 60_000);

it.each([
  ['throttles', refused('ThrottlingException')],
  ['is not well', UNAVAILABLE],
])(
  'one job is begun where Neptune %s',
  async (_, fault) => {
    proxy.order(2, fault, is('POST', '/ml/dataprocessing'));
    proxy.order(1, fault, is('GET', '/ml/dataprocessing'));
    await process();
    expect([...front.jobs.keys()]).toEqual(['hub-p']);
  },
  60_000,
);

it('one job is begun where the answer to its beginning is lost', async () => {
  proxy.order(1, { kind: 'cut', at: 'answer' }, is('POST', '/ml/dataprocessing'));
  await process();
  expect([...front.jobs.keys()]).toEqual(['hub-p']);
}, 60_000);

it("a job that fails is told with Neptune's reason and its log; asked again, another is begun", async () => {
  front.failure = 'ClientError: no';
  await expect(process()).rejects.toMatchObject({
    code: 'ML_JOB_FAILED',
    retryable: false,
    message: 'the data processing job of Neptune ML hub-p failed: ClientError: no. Its log: log://hub-p',
  });
  front.failure = 'CapacityError: none is left';
  await expect(process()).rejects.toMatchObject({ code: 'ML_JOB_FAILED', retryable: true });
  front.failure = undefined;
  expect(await process()).toBe('hub-p-3');
}, 60_000);

it('who calls it off cancels the job; whoever asks again while it is stopping begins another', async () => {
  front.isEndless = true;
  const stopping = new AbortController();
  const going = process(stopping.signal);
  going.catch(() => undefined);
  while (front.jobs.size === 0) await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await expect(going).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(front.jobs.get('hub-p')!.status).toBe('Stopping');
  front.isEndless = false;
  expect(await process()).toBe('hub-p-2');
  expect(front.jobs.get('hub-p')!.status).toBe('Stopped');
}, 60_000);

it('what Neptune refuses is told, and credentials that expired are told as such', async () => {
  const lost = jobs.train('hub-t', { processing: '', output: place('model') });
  await expect(lost).rejects.toMatchObject({
    code: 'ML_JOB_FAILED',
    message: expect.stringContaining('not completed'),
  });
  proxy.order(1, refused('ExpiredTokenException'), is('GET', '/ml/dataprocessing'));
  await expect(process()).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_EXPIRED' });
}, 60_000);

it('an export that is whole is not written again', async () => {
  const own = await learnedFrom();
  const key = `${own.slice(LOCATION.length + 1)}nodes/customer-00001.csv`;
  const before = await objects.head(key);
  await objects.put(key, Buffer.from('changed'));
  await learnedFrom();
  expect(Buffer.from(await objects.read(key)).toString()).toBe('changed');
  expect(before).toBeDefined();
  await objects.remove([`neptune-ml/learned/training-data-configuration.json`]);
  await learnedFrom();
  expect((await objects.head(key))!.size).toBe(before!.size);
});
