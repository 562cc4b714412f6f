import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { HUB_QUEUE } from '../../core/task-queues';
import type { FollowProgress } from '../../workflows/follow';
import { withFakeHub } from '../support/fake-hub';
import { bundleWorkflows, startTestTemporal } from '../support/temporal';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  [environment, bundle] = await Promise.all([startTestTemporal(), bundleWorkflows()]);
}, 60_000);
afterAll(() => environment?.teardown());

function start(workflow: string, input: object): Promise<WorkflowHandle> {
  const workflowId = `${workflow}-${Math.random()}`;
  return environment.client.workflow.start(workflow, { workflowId, taskQueue: HUB_QUEUE, args: [input] });
}

describe('milestones by hand', () => {
  it('are computed, then the graph is brought up to date, then compared', async () => {
    await withFakeHub(environment, bundle, async ({ calls }) => {
      const result = (await (await start('recomputeMilestones', {})).result()) as object;
      expect(calls).toEqual(['milestones', 'load', 'load milestones']);
      expect(result).toMatchObject({
        computed: [{ milestone: 'churned' }, { milestone: 'live' }],
        graph: { added: 7 },
      });
      expect(result).toMatchObject({ unchanged: ['quiet'], refused: [] });
    });
  });

  it('tell those that are computed from the graph what the lake cannot compute', async () => {
    await withFakeHub(environment, bundle, async ({ calls, failures }) => {
      failures.set('milestones', 'no journey has the step "od"');
      const result = (await (await start('recomputeMilestones', {})).result()) as object;
      expect(calls.at(-1)).toBe('load milestones without odd');
      expect(result).toMatchObject({ refused: [{ milestone: 'odd' }] });
    });
  });

  it('leave the graph alone on a dry run', async () => {
    await withFakeHub(environment, bundle, async ({ calls }) => {
      await (await start('recomputeMilestones', { dryRun: true })).result();
      expect(calls).toEqual(['milestones']);
    });
  });
});

describe('following the graph', () => {
  it('goes on where it was, adds up, pauses, goes on again, and ends when it is called off', async () => {
    await withFakeHub(environment, bundle, async ({ calls }) => {
      const follower = await start('followGraphChanges', {});
      const progress = () => follower.query<FollowProgress>('progress');
      await until(async () => ((await progress()).position?.commitNum ?? 0) >= 9);
      await follower.signal('pause');
      await until(async () => (await progress()).status === 'paused');
      const paused = await progress();
      const rounds = paused.position!.commitNum - 7;
      expect(paused).toMatchObject({ changes: 5 * rounds, reached: 2 * rounds, behind: 3 });
      expect(calls).toEqual(Array.from({ length: rounds }, (_, round) => `follow ${7 + round}`));
      await follower.signal('resume');
      await until(async () => (await progress()).changes > paused.changes);
      await follower.cancel();
      await expect(follower.result()).rejects.toThrow(WorkflowFailedError);
    });
  });
});

describe('following the graph from a place that is not kept any more', () => {
  it.each(['FEED_POSITION_EXPIRED', 'FEED_POSITION_UNKNOWN'])('looks at everybody, then goes on (%s)', async (code) => {
    await withFakeHub(environment, bundle, async ({ calls, failures }) => {
      failures.set('feed', code);
      const follower = await start('followGraphChanges', { from: { commitNum: 3, opNum: 1 } });
      await until(async () => (await follower.query<FollowProgress>('progress')).changes > 0);
      expect(calls.slice(0, 5)).toEqual(['follow 7', 'milestones', 'load', 'load milestones', 'follow 7']);
      await follower.terminate();
    });
  });

  it('does not go on after any other refusal', async () => {
    await withFakeHub(environment, bundle, async ({ calls, failures }) => {
      failures.set('feed', 'INPUT_INVALID');
      await expect((await start('followGraphChanges', {})).result()).rejects.toThrow(WorkflowFailedError);
      expect(calls).toEqual(['follow 7']);
    });
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}
