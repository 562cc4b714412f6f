import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createPropensityModelActivities } from '../../activities/propensity-models';
import { createPropensityQuestionActivities } from '../../activities/propensity-questions';
import { createPropensityScoringActivities, type ScoringPlan } from '../../activities/propensity-scoring';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import { LakeScorer } from '../../adapters/local/propensity/lake-scorer';
import { LakeTrainer } from '../../adapters/local/propensity/lake-trainer';
import { LakeWatch } from '../../adapters/local/propensity/lake-watch';
import { StoredModels } from '../../adapters/local/propensity/stored-models';
import type { Lake } from '../../ports/lake';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { openTestRoom, type TestRoom } from '../support/local-room';
import { openTrinoLake } from '../support/trino-lake';
import { churnSpec, fillHistories } from './histories-contract';

const NOW = Date.UTC(2026, 4, 1);

let trino: TrinoServer;
let room: TestRoom;
beforeAll(async () => {
  [trino, room] = await Promise.all([startTrino(), openTestRoom()]);
}, 600_000);
afterAll(async () => {
  await trino?.stop();
  await room?.close();
});

const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input) =>
  new MockActivityEnvironment().run(activity, input) as Promise<Output>;

describe.each<[string, () => Promise<{ lake: Lake; close(): Promise<void> }>]>([
  ['DuckDB', () => openTestRoom()],
  ['Trino, for Athena', () => openTrinoLake(trino)],
])('scoring everybody, in %s', (name, open) => {
  let opened: Awaited<ReturnType<typeof open>>;
  let activities: ReturnType<typeof activitiesOf>;

  function activitiesOf(lake: Lake, stored: StoredModels) {
    const parts = {
      lake,
      models: [churnSpec],
      scorer: new LakeScorer(lake, stored),
      watch: new LakeWatch(lake, stored),
    };
    return {
      ...createPropensityModelActivities(parts),
      ...createPropensityScoringActivities(parts),
      ...createPropensityQuestionActivities(parts),
    };
  }

  beforeAll(async () => {
    opened = await open();
    const { lake } = opened;
    await fillHistories(lake);
    const stored = new StoredModels(await openFolderObjectStore(join(room.folder, name)), join(room.folder, 'tmp'));
    activities = activitiesOf(lake, stored);
    const lakeVersion = await lake.version();
    const asOf = NOW - 11 * 86_400_000;
    const { version } = await new LakeTrainer(lake, stored, 1).train({ spec: churnSpec, asOf, lakeVersion });
    expect(await run(activities.planScoring, { input: {}, startedAt: NOW })).toEqual([]);
    await run(activities.recordModel, { model: 'churn', version, status: 'deployed', at: NOW });
  }, 600_000);
  afterAll(() => opened?.close());

  const planned = async (parts: number, startedAt = NOW): Promise<ScoringPlan> => {
    const [plan] = await run(activities.planScoring, { input: { models: ['churn'] }, startedAt });
    return { ...plan!, parts };
  };
  const scoreAll = async (plan: ScoringPlan) => {
    for (let part = 0; part < plan.parts; part++) await run(activities.scorePart, { plan, part });
    await run(activities.finishScoring, plan);
  };
  const scores = (of: ScoringPlan) =>
    opened.lake.rows<{ customer_id: string; score: number }>(
      `SELECT customer_id, score FROM propensity_scores WHERE run = '${of.run}' ORDER BY customer_id`,
    );

  it('scores whom the model speaks of, each once, also when parts are done again, and tells one what it told all', async () => {
    const plan = await planned(3);
    await run(activities.scorePart, { plan, part: 1 });
    await scoreAll(plan);
    await scoreAll(plan);
    const all = await scores(plan);
    // Every fourth has left.
    expect([all.length, new Set(all.map(({ customer_id }) => customer_id)).size]).toEqual([180, 180]);

    const customer = all[17]!.customer_id;
    const { propensities } = await run(activities.customerPropensities, { question: { customer } });
    const lower = all.filter(({ score }) => score < all[17]!.score).length;
    expect(propensities).toMatchObject([
      {
        model: 'churn',
        kind: 'binary',
        version: plan.version,
        customers: 180,
        percentile: (100 * lower) / 180,
        score: expect.closeTo(all[17]!.score, 6),
        trend: [],
      },
    ]);
    const [reason] = propensities[0]!.reasons;
    expect(reason).toMatchObject({ feature: expect.any(String), words: expect.stringMatching(/\w/) });

    // As it is, nothing changes; otherwise, something does.
    const whatIf = (instead: Record<string, number | string | null>) =>
      run(activities.whatIf, { question: { model: 'churn', customer, instead } });
    const same = await whatIf({ [reason!.feature]: reason!.value });
    expect(same).toMatchObject({ score: propensities[0]!.score, now: { score: all[17]!.score } });
    await expect(whatIf({ nonsense: 1 })).rejects.toMatchObject({
      code: 'COLUMN_UNKNOWN',
      field: 'instead.nonsense',
      message: expect.stringMatching(/^instead\.nonsense: /),
    });
  }, 120_000);

  it('keeps what an earlier scoring told as a trend, and tells nothing of one that is not whole', async () => {
    const earlier = await planned(1, NOW - 30 * 86_400_000);
    await scoreAll(earlier);
    const half = await planned(2, NOW - 29 * 86_400_000);
    await run(activities.scorePart, { plan: half, part: 0 });
    await run(activities.scorePart, { plan: half, part: 1 });
    const customer = (await scores(earlier))[5]!.customer_id;
    const { propensities } = await run(activities.customerPropensities, { question: { customer } });
    expect(propensities[0]!.trend).toMatchObject([{ asOf: new Date(earlier.cutOff).toISOString() }]);
  }, 120_000);

  it('finds, and keeps, whether the model still fits: what it expected and what came of it, and how old it is', async () => {
    const plan = await planned(1);
    const found = await run(activities.watchModel, plan);
    // Half a year ago was the last time that anything was learned, and nothing has happened since the newest event.
    expect(found.findings.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['stale']));
    await run(activities.watchModel, plan);
    const { models } = await run(activities.listModels, { question: {} });
    expect(models[0]!.watch).toMatchObject({
      version: plan.version,
      asOf: new Date(plan.cutOff).toISOString(),
      findings: found.findings,
      score: expect.any(Number),
    });
    expect(models[0]!.watch!.features.length).toBeGreaterThan(0);
    expect(await opened.lake.rows('SELECT run FROM model_watch')).toEqual([{ run: plan.run }]);
  }, 120_000);

  it('says whom it cannot tell anything of', async () => {
    const of = (customer: string) => run(activities.customerPropensities, { question: { customer } });
    await expect(of('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await of('c000')).toEqual({ customer: 'c000', propensities: [] });
    const whatIf = { question: { model: 'churn', customer: 'c000', instead: {} } };
    await expect(run(activities.whatIf, whatIf)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(run(activities.planScoring, { input: { models: ['chrun'] }, startedAt: NOW })).rejects.toMatchObject({
      field: 'models.0',
    });
  });

  it('tells what was said of a customer also when the model is gone, and that there are no reasons', async () => {
    const plan = await planned(1);
    const [, told] = await scores(plan);
    await rm(join(room.folder, name), { recursive: true });
    const question = { customer: told!.customer_id };
    expect((await run(activities.customerPropensities, { question })).propensities).toMatchObject([
      { kind: 'binary', score: told!.score, reasons: [], unexplained: expect.stringContaining('train it again') },
    ]);
    const whatIf = { question: { ...question, model: 'churn', instead: {} } };
    await expect(run(activities.whatIf, whatIf)).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });
});
