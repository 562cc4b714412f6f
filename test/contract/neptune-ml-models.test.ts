import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NeptuneSession, SESSION_DEFAULTS } from '../../adapters/aws/neptune/neptune-session';
import { GraphInference } from '../../adapters/aws/neptune-ml/graph-inference';
import { openNeptuneMl, type NeptuneMl } from '../../adapters/aws/neptune-ml/open-neptune-ml';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import { Xgboost } from '../../adapters/local/propensity/xgboost';
import { isTestedWith } from '../../core/features/sample-rows';
import type { ObjectStore } from '../../ports/object-store';
import type { ModelTrainer } from '../../ports/model-trainer';
import { propensitySpec } from '../../schemas/propensity';
import type { HttpFront } from '../stand-ins/http-front';
import { NeptuneMlFront } from '../stand-ins/neptune-ml-front';
import { testConnection } from '../support/aws';
import { ENGINE_START_MS } from '../support/engines';
import { openTestRoom, type TestRoom } from '../support/local-room';
import { fillHistories } from './histories-contract';

const LOCATION = 's3://bucket/lake';
const day = (number: number) => Date.UTC(2026, 0, 1) + number * 86_400_000;
const SETTINGS = {
  ...{ name: 'hub', roleArn: 'arn:aws:iam::1:role/ml', trainings: 10, parallelTrainings: 2, mostSeconds: 3_600 },
};
/** Every eighth customer leaves on day 40, and every other eighth on day 90: all of them of Berlin, where half of all live. */
const raw = {
  ...{ name: 'churn', title: 'Churn', description: 'Leaves.', learner: 'graph' as const },
  population: { hadNot: ['churn'] },
  target: { within: '50d', events: ['churn'] },
  features: { sets: ['recency' as const, 'profile' as const], leaveOut: ['complaint', 'survey', 'churn'] },
};
const spec = propensitySpec.parse(raw);

let room: TestRoom;
let folder: string;
let objects: ObjectStore;
let front: NeptuneMlFront & HttpFront;
let ml: NeptuneMl;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-neptune-ml-'));
  room = await openTestRoom();
  await fillHistories(room.lake);
  objects = await openFolderObjectStore(join(folder, 'objects'));
  front = await NeptuneMlFront.start(objects, LOCATION);
  ml = openNeptuneMl({
    connection: testConnection(front.url, ['neptune']),
    ...{ iam: false, settings: SETTINGS, lake: room.lake, objects, location: LOCATION, threads: 2 },
    startBooster: () => Xgboost.start(),
  });
}, ENGINE_START_MS);
afterAll(async () => {
  await ml?.close();
  await front?.stop();
  await room?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  front.queries.length = 0;
  front.isInGraph = () => true;
});

const request = async (own = spec) => ({ spec: own, asOf: day(135), lakeVersion: await room.lake.version() });
const train = async (...[own, options]: [typeof spec?, Parameters<ModelTrainer['train']>[1]?]) =>
  ml.trainer.train(await request(own), options);
const numberOf = (customer: string) => Number(customer.slice(1));
const tested = Array.from({ length: 240 }, (_, number) => `c${String(number).padStart(3, '0')}`)
  .filter(isTestedWith)
  .filter((customer) => numberOf(customer) % 8 !== 0);

it('a model is learned from the graph of one cut-off, and tested in that of a later one with whom it was not told of', async () => {
  const report = await train();
  const stay = tested.filter((customer) => numberOf(customer) % 8 !== 4);
  const berlin = stay.filter((customer) => numberOf(customer) % 2 === 0).length / stay.length;
  expect(report).toMatchObject({
    version: expect.stringMatching(/^2026-05-16-[0-9a-f]{12}$/),
    cutOffs: { train: [day(35)], test: [day(85)] },
    rows: { test: tested.length },
    measures: { rows: tested.length, auc: expect.closeTo(1 - berlin / 2, 6) },
    baselines: { prevalence: { auc: 0.5 }, linear: { rows: tested.length } },
    judgement: { metric: 'auc' },
  });
  const asked = front.queries.flatMap(({ ids }) => ids);
  expect(asked.toSorted()).toEqual(tested);
  expect(front.queries[0]).toMatchObject({ role: SETTINGS.roleArn, target: 'churn', task: 'classification', limit: 2 });
  // An endpoint that nobody asks any more costs nothing.
  expect(front.idsOf('endpoints')).toEqual([]);
}, 120_000);

it('whoever learns the same again finds all jobs done, and the deployed model is asked of the same customers', async () => {
  const first = await train();
  const jobs = [...front.jobs.keys()];
  const second = await ml.trainer.train({ ...(await request()), champion: first.version });
  expect(second.version).toBe(first.version);
  expect(second.champion).toEqual({ version: first.version, measures: first.measures });
  expect([...front.jobs.keys()]).toEqual(jobs);
  const other = await ml.trainer.train({ ...(await request()), champion: 'of-trees' });
  expect(other.warnings[0]).toMatch(/of-trees: Neptune ML has not learned it/);
}, 120_000);

it('one of several things is learned by classification', async () => {
  const classes = propensitySpec.parse({
    ...raw,
    ...{ name: 'next', target: { within: '50d', classes: { leaves: ['churn'] } } },
  });
  const report = await train(classes);
  expect(report.measures).toMatchObject({ rows: tested.length, macroAuc: expect.any(Number) });
  expect(front.queries[0]).toMatchObject({ target: 'next', task: 'classification', limit: 2 });
}, 120_000);

it('a number is asked by regression, and NaN is told of whom the endpoint does not know', async () => {
  const stump = { column: '', isLow: () => true, sides: [['2', '4'], []] as const };
  const nodes = new Map([['c001', {}]]);
  const graph = { nodes, edges: [], features: [], target: 'csat', task: 'regression' };
  front.jobs.set('e', { kind: 'endpoints', body: {}, status: 'Completed', looks: 0, graph, stump });
  const url = `${front.url.replace('http', 'ws')}/gremlin`;
  const session = new NeptuneSession({ ...SESSION_DEFAULTS, url, region: 'eu-central-1', credentials: undefined });
  const inference = new GraphInference(session, SETTINGS.roleArn);
  try {
    expect([...(await inference.ask({ endpoint: 'e', target: 'csat' }, ['c000', 'c001']))]).toEqual([Number.NaN, 3]);
    await expect(inference.ask({ endpoint: 'f', target: 'csat' }, ['c001'])).rejects.toThrow(
      /no endpoint f is in service/,
    );
  } finally {
    await session.close();
    front.jobs.delete('e');
  }
});

it('customers whom the endpoint does not know are left out, and told; where it knows nobody, that is an error', async () => {
  front.isInGraph = (id) => id !== tested[3];
  const { rows, warnings } = await train();
  expect(rows.test).toBe(tested.length - 1);
  expect(warnings).toContain(`1 of ${tested.length} tested customers are not known to the endpoint, and left out`);
  front.isInGraph = () => false;
  await expect(train()).rejects.toMatchObject({ code: 'ML_NOBODY_KNOWN' });
  expect(front.idsOf('endpoints')).toEqual([]);
}, 120_000);

describe('a model that is deployed', () => {
  const score = async (version: string, cutOff: number) => {
    const model = { spec, version, cutOff, lakeVersion: await room.lake.version() };
    const parts = await Promise.all([0, 1].map((part) => ml.scorer.score(model, { parts: 2, part })));
    return {
      model,
      said: new Map(
        parts.flatMap(({ customers, scores }) => customers.map((customer, row) => [customer, scores[row]!])),
      ),
    };
  };

  it('looks at the graph once a scoring, and its endpoint takes the place of the one before', async () => {
    const { version } = await train();
    const { said } = await score(version, day(140));
    // All who have not left.
    expect(said.size).toBe(180);
    expect(new Set([...said].map(([customer, own]) => `${numberOf(customer) % 2} ${own}`)).size).toBe(2);
    expect(said.get('c002')).toBeGreaterThan(said.get('c001')!);
    const [endpoint, ...more] = front.idsOf('endpoints');
    expect(more).toEqual([]);
    await score(version, day(141));
    expect(front.idsOf('endpoints')).toEqual([expect.not.stringMatching(endpoint!)]);
  }, 120_000);

  it('tells one what it told all, without reasons, and nothing of what might be', async () => {
    const { version } = await train();
    const { model, said } = await score(version, day(140));
    const explain = (question: object, of = model) =>
      ml.scorer.explain(of, { customer: 'c002', reasons: 5, ...question });
    expect(await explain({})).toEqual({ kind: 'binary', score: said.get('c002'), reasons: [] });
    // Has left.
    expect(await explain({ customer: 'c000' })).toBeUndefined();
    await expect(explain({ instead: {} })).rejects.toMatchObject({ code: 'WHAT_IF_IMPOSSIBLE', field: 'instead' });
    const unknown = explain({}, { ...model, version: 'of-trees' });
    await expect(unknown).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  }, 120_000);
});

it('where nobody shares anything, there is no graph, and that is told of the file', async () => {
  const empty = await openTestRoom();
  try {
    await fillHistories(empty.lake);
    const early = { ...(await request()), asOf: day(135), lakeVersion: await empty.lake.version() };
    const within = propensitySpec.parse({ ...raw, target: { within: '62d', events: ['churn'] } });
    await expect(ml.trainer.train({ ...early, spec: within })).rejects.toMatchObject({ code: 'NOTHING_SHARED' });
  } finally {
    await empty.close();
  }
}, 120_000);
