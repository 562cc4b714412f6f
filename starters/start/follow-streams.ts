import type { Client } from '@temporalio/client';
import { businessDateOf } from '../../core/nightly/business-date';
import { HUB_QUEUE } from '../../core/task-queues';
import { postedAmong, streamedAmong, type Source } from '../../schemas/source';

/** One for a source: two would read everything twice. */
export function streamFollowerOf(source: string): string {
  return `follow-stream-${source}`;
}

/** Of a hub, what says which streams are followed. */
export interface HubStreams {
  readonly sources: readonly Source[];
  readonly settings: { readonly timezone: string };
}

/** Starts following the streams of sources, or has those that could not be read looked at again now; which were asked for. */
export async function followStreams(client: Client, { sources, settings }: HubStreams): Promise<string[]> {
  const streamed = streamedAmong(sources).map(({ name }) => name);
  for (const source of streamed) {
    await client.workflow.signalWithStart('followStream', {
      workflowId: streamFollowerOf(source),
      taskQueue: HUB_QUEUE,
      args: [{ source }],
      signal: 'look again',
    });
  }
  const posted = postedAmong(sources).map(({ name }) => name);
  // What a process kept that did not live to tell of it lands now.
  for (const source of posted) await announceSegment(client, source, settings.timezone);
  return [...streamed, ...posted];
}

/** Has what was posted of a source land. */
export async function announceSegment(client: Client, source: string, timezone: string): Promise<void> {
  await client.workflow.signalWithStart('followPosted', {
    workflowId: streamFollowerOf(source),
    taskQueue: HUB_QUEUE,
    args: [{ source }],
    signal: 'segment',
    signalArgs: [businessDateOf(Date.now(), timezone)],
  });
}
