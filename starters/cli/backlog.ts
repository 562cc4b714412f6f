import { setTimeout as sleep } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { ANALYTICS_QUEUE, HUB_QUEUE, NOTIFICATIONS_QUEUE } from '../../core/task-queues';
import { connectHub, withHubOption } from './connection';
import { wholeNumber } from './events-options';
import { onStopSignal } from './signals';

const { TaskQueueType } = temporal.api.enums.v1;
const MOST_SECONDS = 3_600;

/** How much waits for workers in a task queue. */
export interface Backlog {
  readonly queue: string;
  /** Tasks of workflows and activities that no worker has taken, about. */
  readonly backlog: number;
  /** For how long the oldest of them has waited, in seconds. */
  readonly waitedSeconds: number;
}

/** `hub backlog`: what waits for workers, a line of JSON a queue: what a scaling of workers goes by. */
export function backlogCommand(program: Command): void {
  withHubOption(program.command('backlog'))
    .description('say how many tasks wait for workers in each task queue, a line of JSON a queue')
    .option('--every <seconds>', 'say it again and again, until stopped')
    .action(tellBacklog);
}

async function tellBacklog({ hub, every }: { readonly hub: string; readonly every?: string }): Promise<void> {
  const seconds = every === undefined ? undefined : wholeNumber(every, '--every', [1, MOST_SECONDS]);
  const stopping = new AbortController();
  onStopSignal(() => stopping.abort());
  const { client, namespace } = await connectHub(hub);
  try {
    do {
      for (const queue of [HUB_QUEUE, ANALYTICS_QUEUE, NOTIFICATIONS_QUEUE]) {
        process.stdout.write(`${JSON.stringify(await backlogOf(client, namespace, queue))}\n`);
      }
    } while (seconds !== undefined && (await isToGoOn(seconds, stopping.signal)));
  } finally {
    await client.connection.close();
  }
}

/** What waits in a task queue, of workflows and activities together. */
export async function backlogOf(client: Client, namespace: string, queue: string): Promise<Backlog> {
  const both = await Promise.all(
    [TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY].map(async (taskQueueType) => {
      const taskQueue = { name: queue };
      const asked = { namespace, taskQueue, taskQueueType, reportStats: true };
      const { stats } = await client.workflowService.describeTaskQueue(asked);
      return {
        count: Number(stats?.approximateBacklogCount ?? 0),
        age: Number(stats?.approximateBacklogAge?.seconds ?? 0),
      };
    }),
  );
  return {
    queue,
    backlog: both.reduce((sum, { count }) => sum + count, 0),
    waitedSeconds: Math.max(...both.map(({ age }) => age)),
  };
}

async function isToGoOn(seconds: number, signal: AbortSignal): Promise<boolean> {
  await sleep(seconds * 1_000, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
