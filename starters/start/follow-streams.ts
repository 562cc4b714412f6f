import type { Client } from '@temporalio/client';
import { HUB_QUEUE } from '../../core/task-queues';
import type { Source } from '../../schemas/source';

/** One for a source: two would read everything twice. */
export function streamFollowerOf(source: string): string {
  return `follow-stream-${source}`;
}

/** Starts following the streams of sources, unless that is done already; which were asked for. */
export async function followStreams(client: Client, sources: readonly Source[]): Promise<string[]> {
  const streamed = sources.filter(({ stream }) => stream !== undefined).map(({ name }) => name);
  for (const source of streamed) {
    await client.workflow.start('followStream', {
      workflowId: streamFollowerOf(source),
      taskQueue: HUB_QUEUE,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ source }],
    });
  }
  return streamed;
}
