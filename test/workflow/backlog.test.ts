import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { HUB_QUEUE, ANALYTICS_QUEUE } from '../../core/task-queues';
import { backlogOf, type Backlog } from '../../starters/cli/backlog';
import { ENGINE_START_MS } from '../support/engines';
import { startTestTemporal } from '../support/temporal';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await startTestTemporal();
}, ENGINE_START_MS);
afterAll(() => environment.teardown());

/** The server counts a little later than it is told. */
async function untilBacklog(queue: string, count: number): Promise<Backlog> {
  for (;;) {
    const backlog = await backlogOf(environment.client, environment.namespace ?? 'default', queue);
    if (backlog.backlog === count) return backlog;
  }
}

it('what no worker has taken is counted, queue by queue', async () => {
  const start = (workflowId: string) =>
    environment.client.workflow.start('nightly', { workflowId, taskQueue: HUB_QUEUE, args: [{}] });
  await Promise.all(['a', 'b', 'c'].map(start));
  expect(await untilBacklog(HUB_QUEUE, 3)).toMatchObject({ queue: HUB_QUEUE, waitedSeconds: expect.any(Number) });
  expect(await untilBacklog(ANALYTICS_QUEUE, 0)).toEqual({ queue: ANALYTICS_QUEUE, backlog: 0, waitedSeconds: 0 });
});
