import { Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { failureMessage } from '../../core/errors';
import type { StageProgress } from '../../core/progress/stages';
import { HUB_QUEUE } from '../../core/task-queues';
import { ENGINE_START_MS } from '../support/engines';
import { withFakeHub } from '../support/fake-hub';
import { bundleWorkflows, startTestTemporal } from '../support/temporal';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  [environment, bundle] = await Promise.all([startTestTemporal(), bundleWorkflows()]);
}, ENGINE_START_MS);
afterAll(() => environment.teardown());

let runs = 0;
async function start(...args: unknown[]) {
  const workflowId = `resolution-${++runs}`;
  return environment.client.workflow.start('resolveIdentities', { workflowId, taskQueue: HUB_QUEUE, args });
}

it.each([[[]], [[{}]], [[{ mode: 'backfill', from: '2026-01-01', to: '2026-01-31' }]]])(
  'started by hand with %j it resolves, then brings graph and journeys up to date, and shows its stages',
  async (input) => {
    await withFakeHub(environment, bundle, async ({ calls }) => {
      const handle = await start(...input);
      expect(await handle.result()).toMatchObject({ customers: 2, dryRun: false });
      expect(calls.toSorted()).toEqual(['identity', 'journeys', 'load']);
      expect(calls[0]).toBe('identity');
      const stages = await handle.query<StageProgress[]>('progress');
      expect(stages.map(({ stage, status, detail }) => [stage, status, detail])).toEqual([
        ['plan', 'done', ''],
        ['identity', 'done', '2 customers; links: 1 deterministic, 1 probabilistic; changed: 3 new, 1 merged'],
        ['load', 'done', 'graph: upsert'],
        ['journeys', 'done', '6 steps'],
      ]);
    });
  },
);

it('as a dry run says what would change, and touches neither graph nor journeys', async () => {
  await withFakeHub(environment, bundle, async ({ calls }) => {
    const handle = await start({ dryRun: true });
    expect(await handle.result()).toMatchObject({ dryRun: true });
    expect(calls).toEqual(['identity dry']);
    const [, identity] = await handle.query<StageProgress[]>('progress');
    expect(identity!.detail).toMatch(/; would change: 3 new, 1 merged$/);
  });
});

it.each([
  ['a mode that is none', { mode: 'all' }, /^mode: expected /],
  ['a day that is none', { from: 'january' }, /^from: .*found "january"/],
  [
    'days in the wrong order',
    { from: '2026-02-01', to: '2026-01-01' },
    /^to: expected a day that is not before "from"/,
  ],
  ['a field that is none', { dryrun: true }, /^dryrun: unknown field/],
])('refuses %s at once, naming the field', async (_what, input, message) => {
  await withFakeHub(environment, bundle, async ({ calls }) => {
    const failure: unknown = await (await start(input)).result().catch((error: unknown) => error);
    expect(failureMessage(failure)).toMatch(message);
    expect(calls).toEqual([]);
  });
});

it('stops when cancelled', async () => {
  // Without a worker for its activities it waits until it is told to stop.
  const handle = await start({});
  await handle.cancel();
  await withFakeHub(environment, bundle, async ({ calls }) => {
    const failure: unknown = await handle.result().catch((error: unknown) => error);
    expect((failure as WorkflowFailedError).cause?.name).toBe('CancelledFailure');
    expect(calls).toEqual([]);
  });
});

it('cancelled when identities are resolved already, it brings graph and journeys up to date all the same', async () => {
  await withFakeHub(environment, bundle, async (hub) => {
    hub.whileResolving = () =>
      environment.client.workflow.getHandle(Context.current().info.workflowExecution!.workflowId).cancel();
    expect(await (await start({})).result()).toMatchObject({ customers: 2 });
    expect(hub.calls.toSorted()).toEqual(['identity', 'journeys', 'load']);
  });
});
