import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Command } from 'commander';
import { HubError } from '../../core/errors';
import { FOLLOWER, followGraph } from '../start/follow-graph';
import { printFromHub, withHubOption } from './connection';
import { UsageError } from './usage-error';

interface HubOption {
  readonly hub: string;
}

/** `hub follow …`: milestones that follow the changes of the graph. */
export function followCommand(program: Command): void {
  const follow = program.command('follow').description('milestones that follow the changes of the graph');
  withHubOption(follow.command('start'))
    .description('follow the graph from now on; hub start does so by itself')
    .option('--from <where>', 'now, beginning, or the number of a commit to begin after', 'now')
    .action((options: HubOption & { from: string }) =>
      printFromHub(options.hub, async (client) => {
        await followGraph(client, { from: startOf(options.from) });
        return status(client);
      }),
    );
  withHubOption(follow.command('status'))
    .description('how far the changes are followed, and what came of them')
    .action((options: HubOption) => printFromHub(options.hub, status));
  for (const signal of ['pause', 'resume'] as const) {
    withHubOption(follow.command(signal))
      .description(
        signal === 'pause' ? 'stop within a quarter of a minute; nothing is lost' : 'go on where it was paused',
      )
      .action((options: HubOption) =>
        printFromHub(options.hub, async (client) => {
          await found(client.workflow.getHandle(FOLLOWER).signal(signal));
          return status(client);
        }),
      );
  }
}

function status(client: Client): Promise<unknown> {
  return found(client.workflow.getHandle(FOLLOWER).query('progress'));
}

async function found<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new HubError('NOT_FOLLOWED', 'nothing follows the graph of this hub; start it with hub follow start', {
      cause: error,
    });
  }
}

function startOf(text: string) {
  if (text === 'now' || text === 'beginning') return text;
  if (!/^[0-9]{1,10}$/.test(text)) {
    throw new UsageError(`--from: expected now, beginning, or the number of a commit, found "${text}"`, 'from');
  }
  return { commitNum: Number(text), opNum: Number.MAX_SAFE_INTEGER };
}
