import { MockActivityEnvironment } from '@temporalio/testing';
import { createPropensityModelActivities } from '../../activities/propensity-models';
import { HubError } from '../../core/errors';
import type { Lake } from '../../ports/lake';
import type { ModelRegistry } from '../../ports/model-registry';
import type { TrainingReport } from '../../ports/model-trainer';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { openTestRoom } from '../support/local-room';
import { openTrinoLake } from '../support/trino-lake';
import { churnSpec, fillHistories } from './histories-contract';

let trino: TrinoServer;
beforeAll(async () => {
  trino = await startTrino();
}, 600_000);
afterAll(() => trino?.stop());

const AT = Date.UTC(2026, 4, 1);
const report = { measures: { rows: 9, auc: 0.8 }, warnings: ["it's so"] } as unknown as TrainingReport;

describe.each<[string, () => Promise<{ lake: Lake; close(): Promise<void> }>]>([
  ['DuckDB', () => openTestRoom()],
  ['Trino, for Athena', () => openTrinoLake(trino)],
])('what becomes of models, in %s', (_, open) => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open();
    await fillHistories(opened.lake);
  }, 600_000);
  afterAll(() => opened?.close());

  it('is told of each version, and what was deployed last is what a training is held against', async () => {
    const activities = createPropensityModelActivities({ lake: opened.lake, models: [churnSpec] });
    const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input) =>
      new MockActivityEnvironment().run(activity, input) as Promise<Output>;
    const plan = () => run(activities.planTraining, { input: { model: 'churn' }, startedAt: AT });
    expect(await plan()).toMatchObject({ asOf: Date.UTC(2026, 3, 6) + 239_000, approvalWithin: 7 * 86_400_000 });
    expect(await plan()).not.toHaveProperty('champion');

    const record = (version: string, status: 'trained' | 'deployed' | 'rejected', at: number, more: object = {}) =>
      run(activities.recordModel, { model: 'churn', version, status, at, ...more });
    await record('v1', 'trained', AT, { report });
    await record('v1', 'trained', AT, { report });
    await record('v1', 'deployed', AT + 1, { author: "O'Hara", reason: 'better; really' });
    await record('v2', 'trained', AT + 2, { report });
    await record('v2', 'rejected', AT + 3, { author: 'Kim', reason: 'no' });
    expect(await plan()).toMatchObject({ champion: 'v1' });
    expect(await run(activities.listModels, { question: {} })).toEqual({
      models: [
        {
          model: 'churn',
          title: 'Churn',
          description: 'Leaves.',
          deployed: 'v1',
          watch: null,
          versions: [
            {
              version: 'v2',
              status: 'rejected',
              at: '2026-05-01T00:00:00.003Z',
              author: 'Kim',
              reason: 'no',
              measures: expect.objectContaining({ auc: 0.8 }),
            },
            {
              version: 'v1',
              status: 'deployed',
              at: '2026-05-01T00:00:00.001Z',
              author: "O'Hara",
              reason: 'better; really',
              measures: expect.objectContaining({ auc: 0.8, warnings: ["it's so"] }),
            },
          ],
        },
      ],
    });
  });

  it('goes back to a version that answered before', async () => {
    const { planRollBack, rollBackModel, recordModel, planTraining } = createPropensityModelActivities({
      lake: opened.lake,
      models: [churnSpec],
    });
    const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input) =>
      new MockActivityEnvironment().run(activity, input) as Promise<Output>;
    await run(recordModel, { model: 'churn', version: 'v3', status: 'deployed', at: AT + 10 });
    const input = { model: 'churn', author: 'Kim', reason: 'worse' };
    expect(await run(planRollBack, input)).toEqual({ model: 'churn', version: 'v1' });
    expect(await run(rollBackModel, { input, at: AT + 11 })).toMatchObject({ version: 'v1' });
    const plan = await run(planTraining, { input: { model: 'churn' }, startedAt: AT });
    expect(plan).toMatchObject({ champion: 'v1' });
    // It was rejected.
    await expect(run(rollBackModel, { input: { ...input, version: 'v2' }, at: AT + 12 })).rejects.toMatchObject({
      code: 'NEVER_DEPLOYED',
    });
  });

  it('is told to a registry, too: to one that is busy again, and a decision counts that one refuses to be told', async () => {
    const told: unknown[] = [];
    let failure: Error | undefined = new Error('busy');
    const registry: ModelRegistry = {
      register: async ({ version }, measures) => void told.push([version, measures]),
      decide: async ({ version }, status, reason) => {
        if (failure !== undefined) throw failure;
        told.push([version, status, reason]);
      },
      close: () => undefined,
    };
    const { recordModel } = createPropensityModelActivities({ lake: opened.lake, models: [churnSpec], registry });
    const record = (run: Parameters<typeof recordModel>[0]) => new MockActivityEnvironment().run(recordModel, run);
    await record({ model: 'churn', version: 'v9', status: 'trained', at: AT + 20, report });
    const deployed = {
      model: 'churn',
      version: 'v9',
      status: 'deployed',
      at: AT + 21,
      author: 'Kim',
      reason: 'good',
    } as const;
    await expect(record(deployed)).rejects.toThrow('busy');
    failure = new HubError('AWS_ACCESS_DENIED', 'not allowed');
    await record(deployed);
    failure = undefined;
    await record(deployed);
    expect(told).toEqual([
      ['v9', report.measures],
      ['v9', 'deployed', 'Kim: good'],
    ]);
    const [row] = await opened.lake.rows(`SELECT count(*) AS n FROM model_runs WHERE version = 'v9'`);
    expect(Number((row as { n: bigint }).n)).toBe(2);
  });

  it('begins with a model that there is, and a day', async () => {
    const { planTraining } = createPropensityModelActivities({ lake: opened.lake, models: [churnSpec] });
    const plan = (input: { model: string; asOf?: string }) =>
      new MockActivityEnvironment().run(planTraining, { input, startedAt: AT });
    expect(await plan({ model: 'churn', asOf: '2026-03-01' })).toMatchObject({ asOf: Date.UTC(2026, 2, 1) });
    await expect(plan({ model: 'chrun' })).rejects.toThrow(
      'model: there is no model "chrun" (did you mean "churn"?); there are churn',
    );
    await expect(plan({ model: 'churn', asOf: 'soon' })).rejects.toThrow('asOf');
  });
});
