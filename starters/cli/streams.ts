import { WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { loadHub } from '../../adapters/local/hub-folder';
import { followStreams, streamFollowerOf } from '../start/follow-streams';
import { printFromHub, withHubOption } from './connection';

interface HubOption {
  readonly hub: string;
}

/** `hub streams …`: sources whose records come by a stream. */
export function streamsCommand(program: Command): void {
  const streams = program.command('streams').description('sources whose records come by a stream');
  withHubOption(streams.command('start'))
    .description('follow the streams of all sources that have one; hub start does so by itself')
    .action(({ hub: folder }: HubOption) =>
      printFromHub(folder, async (client) => ({
        followed: await followStreams(client, (await loadHub(folder)).sources),
      })),
    );
  withHubOption(streams.command('status'))
    .description('how far each stream is followed, and what came of it')
    .action(({ hub: folder }: HubOption) =>
      printFromHub(folder, async (client) => {
        const { sources } = await loadHub(folder);
        const names = sources.filter(({ stream }) => stream !== undefined).map(({ name }) => name);
        const progress = names.map(async (source) => {
          try {
            return await client.workflow.getHandle(streamFollowerOf(source)).query<object>('progress');
          } catch (error) {
            if (!(error instanceof WorkflowNotFoundError)) throw error;
            return { source, status: 'not followed; start it with hub streams start' };
          }
        });
        return Promise.all(progress);
      }),
    );
}
