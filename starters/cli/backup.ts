import { join } from 'node:path';
import type { Command } from 'commander';
import { backUp, restore } from '../../adapters/local/backup/data-archive';
import { lockHub } from '../../adapters/local/engines/hub-lock';
import { loadHub, type Hub } from '../../adapters/local/hub-folder';
import { HubError } from '../../core/errors';
import { packageVersion } from '../../workers/package-folder';
import { printJson, withHubOption } from './connection';

/** `hub backup …`: the data of a local hub as one file. */
export function backupCommand(program: Command): void {
  const backup = program.command('backup').description('the data of a local hub as one file');
  withHubOption(backup.command('create <file>'))
    .description('write all data of the hub, which must not run, into a file (.tar.gz)')
    .action((file: string, options: { readonly hub: string }) =>
      alone(options.hub, async (hub) => {
        const about = { hub: hub.settings.name, version: packageVersion(), createdAt: new Date().toISOString() };
        process.stderr.write(`backing up ${hub.dataFolder}\n`);
        printJson({ file, ...(await backUp(hub.dataFolder, file, about)) });
      }),
    );
  withHubOption(backup.command('restore <file>'))
    .description('put what was backed up in place of the data of the hub, which must not run, and have none')
    .action((file: string, options: { readonly hub: string }) =>
      alone(options.hub, async (hub) => {
        process.stderr.write(`restoring ${hub.dataFolder}\n`);
        printJson({ file, ...(await restore(file, hub.dataFolder)) });
      }),
    );
}

/** While nobody runs the hub, and nobody can start it. */
async function alone(folder: string, work: (hub: Hub) => Promise<void>): Promise<void> {
  const hub = await loadHub(folder);
  if (hub.settings.room !== 'local') {
    const message = `the room ${hub.settings.room} keeps its data with its engines: back these up`;
    throw new HubError('ROOM_UNSUPPORTED', message);
  }
  const unlock = await lockHub(join(hub.dataFolder, 'hub.lock'));
  try {
    await work(hub);
  } finally {
    await unlock();
  }
}
