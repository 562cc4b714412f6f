import { WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { loadHub } from '../../adapters/local/hub-folder';
import { postedAmong, streamedAmong } from '../../schemas/source';
import { followStreams, streamFollowerOf } from '../start/follow-streams';
import { printFromHub, withHubOption } from './connection';

interface HubOption {
  readonly hub: string;
}

/** `hub streams …`: sources whose records come by a stream. */
export function streamsCommand(program: Command): void {
  const streams = program.command('streams').description('sources whose records come by a stream');
  withHubOption(streams.command('start'))
    .description(
      'follow the streams of all sources that have one, as hub start does; looks at once at those that could not be read',
    )
    .action(({ hub: folder }: HubOption) =>
      printFromHub(folder, async (client) => ({
        followed: await followStreams(client, await loadHub(folder)),
      })),
    );
  withHubOption(streams.command('status'))
    .description('how far each stream is followed, and what came of it')
    .action(({ hub: folder }: HubOption) =>
      printFromHub(folder, async (client) => {
        const { sources } = await loadHub(folder);
        const names = [...streamedAmong(sources), ...postedAmong(sources)].map(({ name }) => name);
        const progress = names.map(async (source) => {
          try {
            const follower = client.workflow.getHandle(streamFollowerOf(source));
            const { status } = await follower.describe();
            return { status: status.name.toLowerCase(), ...(await follower.query<object>('progress')) };
          } catch (error) {
            if (!(error instanceof WorkflowNotFoundError)) throw error;
            return { status: 'not followed; start it with hub streams start', source };
          }
        });
        return Promise.all(progress);
      }),
    );
}
