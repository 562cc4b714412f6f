import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { businessDateOf } from '../../core/nightly/business-date';
import type { StageProgress } from '../../core/progress/stages';
import { HUB_QUEUE } from '../../core/task-queues';
import { failureMessage } from '../../core/errors';
import { applySchedules, NIGHTLY_SCHEDULE } from '../../starters/start/schedules';
import { hubSchema } from '../../schemas/hub';
import { ENGINE_START_MS } from '../support/engines';
import { withFakeHub } from '../support/fake-hub';
import { bundleWorkflows, startTestTemporal } from '../support/temporal';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  [environment, bundle] = await Promise.all([startTestTemporal(), bundleWorkflows()]);
}, ENGINE_START_MS);
afterAll(() => environment.teardown());

let nights = 0;
async function startNightly(input?: unknown) {
  return environment.client.workflow.start('nightly', {
    workflowId: `night-${++nights}`,
    taskQueue: HUB_QUEUE,
    args: input === undefined ? [] : [input],
  });
}

it('lands all sources, ties identities, loads the graph while the lake is analysed, and tells the sums', async () => {
  await withFakeHub(environment, bundle, async ({ calls, runs }) => {
    const handle = await startNightly({ date: '2026-01-31' });
    expect(await handle.result()).toMatchObject({
      businessDate: '2026-01-31',
      sources: [{ source: 'crm' }, { source: 'web' }],
      graphChanges: 10,
      customers: 2,
      journeys: 2,
      kpis: 1,
      milestones: 2,
    });
    const order = (name: string) => calls.indexOf(name);
    expect(order('list web')).toBeLessThan(order('identity'));
    expect(order('identity')).toBeLessThan(order('load'));
    expect(order('identity')).toBeLessThan(order('journeys'));
    expect(order('journeys')).toBeLessThan(order('kpis'));
    expect(runs).toMatchObject([{ status: 'completed', businessDate: '2026-01-31' }]);

    const stages = await handle.query<StageProgress[]>('progress');
    expect(stages.map(({ stage, status, done, unit }) => [stage, status, done, unit])).toEqual([
      ['ingest', 'done', 10, 'rows'],
      ['identity', 'done', 4, 'profiles'],
      ['load', 'done', 10, 'elements'],
      ['journeys', 'done', 2, 'journeys'],
      ['milestones', 'done', 12, 'milestones'],
      ['propensities', 'done', 0, 'customers'],
      ['kpis', 'done', 1, 'KPIs'],
    ]);
  });
});

it('goes on with the other sources when one fails, and says at the end which and why', async () => {
  await withFakeHub(environment, bundle, async ({ calls, failures, runs }) => {
    failures.set('crm', 'crm.csv: the gzip archive is damaged');
    const handle = await startNightly({ date: '2026-02-01' });
    const failure: unknown = await handle.result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect(failureMessage(failure)).toBe(
      'the other sources went through, but nothing landed of 1:\ncrm: crm.csv: the gzip archive is damaged',
    );
    expect(calls).toEqual(expect.arrayContaining(['list web', 'load', 'identity', 'journeys', 'kpis']));
    expect(runs).toMatchObject([{ status: 'failed' }]);
    const [ingest] = await handle.query<StageProgress[]>('progress');
    expect(ingest!.detail).toBe('3 landed, 1 duplicates, 1 quarantined, crm failed');
  });
});

it.each([
  ['a date that is none', { date: 'tomorrow' }, /^date: .*found "tomorrow"/],
  ['a field that is none', { dat: '2026-01-31' }, /^dat: unknown field/],
  ['a source that is none', { sources: ['crm', 'fax'] }, /^sources: there is no source "fax"; there are crm, web/],
])('refuses %s at once, naming the field', async (_what, input, message) => {
  await withFakeHub(environment, bundle, async ({ calls }) => {
    const failure: unknown = await (await startNightly(input)).result().catch((error: unknown) => error);
    expect(failureMessage(failure)).toMatch(message);
    expect(calls).toEqual([]);
  });
});

it("means today in the hub's time zone by {}, and by no input at all", async () => {
  await withFakeHub(environment, bundle, async () => {
    for (const input of [{}, undefined]) {
      const before = businessDateOf(Date.now(), 'Pacific/Auckland');
      const { businessDate } = (await (await startNightly(input)).result()) as { businessDate: string };
      expect([before, businessDateOf(Date.now(), 'Pacific/Auckland')]).toContain(businessDate);
    }
  });
});

it('takes only the sources it was given', async () => {
  await withFakeHub(environment, bundle, async ({ calls }) => {
    await (await startNightly({ date: '2026-02-02', sources: ['web'] })).result();
    expect(calls.filter((call) => call.startsWith('list'))).toEqual(['list web']);
  });
});

it('takes turns with another night of the same date, and neither fails', async () => {
  const nights = [await startNightly({ date: '2026-02-04' }), await startNightly({ date: '2026-02-04' })];
  await withFakeHub(environment, bundle, async ({ runs }) => {
    for (const night of nights) expect(await night.result()).toMatchObject({ businessDate: '2026-02-04' });
    expect(runs.map(({ status }) => status)).toEqual(['completed', 'completed']);
  });
});

it('stops its children when cancelled', async () => {
  // Without a worker for its activities the night waits until it is told to stop.
  const handle = await startNightly({ date: '2026-02-03' });
  await handle.cancel();
  await withFakeHub(environment, bundle, async ({ calls }) => {
    const failure: unknown = await handle.result().catch((error: unknown) => error);
    expect((failure as WorkflowFailedError).cause?.name).toBe('CancelledFailure');
    expect(calls).toEqual([]);
  });
});

describe('the schedule', () => {
  const settings = (cron: string) => hubSchema.parse({ name: 'test', timezone: 'Europe/Berlin', nightly: { cron } });
  const describeSchedule = () => environment.client.schedule.getHandle(NIGHTLY_SCHEDULE).describe();

  it('is made as the settings say, changed with them, and stays paused when a person paused it', async () => {
    await applySchedules(environment.client, settings('0 2 * * *'), 'this-hub');
    expect((await describeSchedule()).spec.calendars![0]!.hour).toEqual([{ start: 2, end: 2, step: 1 }]);
    await environment.client.schedule.getHandle(NIGHTLY_SCHEDULE).pause('holidays');
    await applySchedules(environment.client, settings('0 4 * * *'), 'this-hub');
    const { spec, state, policies } = await describeSchedule();
    expect(spec.calendars![0]!.hour).toEqual([{ start: 4, end: 4, step: 1 }]);
    expect(spec.timezone).toBe('Europe/Berlin');
    expect(policies.overlap).toBe('SKIP');
    expect(state.paused).toBe(true);

    const other = applySchedules(environment.client, settings('0 4 * * *'), 'another-hub');
    await expect(other).rejects.toMatchObject({ code: 'NAMESPACE_IN_USE' });
  });
});
