import type { Client, WorkflowHandle } from '@temporalio/client';
import { HUB_QUEUE } from '../../core/task-queues';
import type { FollowGraphInput } from '../../schemas/follow';

/** One for a hub: two would do everything twice. */
export const FOLLOWER = 'follow-graph-changes';

/** Starts following the changes of the graph, unless that is done already. */
export function followGraph(client: Client, input: FollowGraphInput = {}): Promise<WorkflowHandle> {
  return client.workflow.start('followGraphChanges', {
    workflowId: FOLLOWER,
    taskQueue: HUB_QUEUE,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
  });
}
