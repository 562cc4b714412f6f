import type { Client } from '@temporalio/client';
import { HUB_QUEUE } from '../../core/task-queues';
import { streamedAmong, type Source } from '../../schemas/source';

/** One for a source: two would read everything twice. */
export function streamFollowerOf(source: string): string {
  return `follow-stream-${source}`;
}

/** Starts following the streams of sources, or has those that could not be read looked at again now; which were asked for. */
export async function followStreams(client: Client, sources: readonly Source[]): Promise<string[]> {
  const streamed = streamedAmong(sources).map(({ name }) => name);
  for (const source of streamed) {
    await client.workflow.signalWithStart('followStream', {
      workflowId: streamFollowerOf(source),
      taskQueue: HUB_QUEUE,
      args: [{ source }],
      signal: 'look again',
    });
  }
  return streamed;
}
