import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { loadHub } from '../../adapters/local/hub-folder';
import { LocalLakeVersions } from '../../adapters/local/lake/local-lake-versions';
import { workflowBundlePath } from '../../workers/bundle-workflows';
import { openLocalRoom } from '../../workers/local-room';
import { createHubWorkers, quietRuntime } from '../../workers/worker';
import { createApi } from '../http/app';
import { connectClient, engineAddresses, withHubOption } from './connection';

const siteFolder = resolve(__dirname, '..', '..', '..', 'website', 'site');

/** `hub worker` and `hub api`: the hub's own processes, as `hub start` runs them and as a deployment would. */
export function serveCommands(program: Command): void {
  withHubOption(program.command('worker'))
    .description('run the worker that carries out workflows and activities')
    .action((options: { hub: string }) => runWorker(options.hub));
  withHubOption(program.command('api'))
    .description('serve the API, its documentation and the website')
    .option('--port <port>', "the port; hub.yaml's by default", Number)
    .action((options: { hub: string; port?: number }) => runApi(options.hub, options.port));
}

async function runWorker(folder: string): Promise<void> {
  quietRuntime();
  const hub = await loadHub(folder);
  const { temporal, gremlin } = await engineAddresses(hub);
  const room = await openLocalRoom(hub, gremlin);
  const code = await readFile(workflowBundlePath, 'utf8');
  const workers = await createHubWorkers({ hub, room, temporal, workflowBundle: { code } });
  onStop(() => workers.stop());
  process.send?.('ready');
  await workers.run();
  await room.close();
}

async function runApi(folder: string, port: number | undefined): Promise<void> {
  const hub = await loadHub(folder);
  const { temporal } = await engineAddresses(hub);
  const client = await connectClient(temporal);
  const versions = new LocalLakeVersions(join(hub.dataFolder, 'lake'));
  const app = await createApi({ client, versions, siteFolder });
  onStop(() => void app.close().then(() => client.connection.close()));
  await app.listen({ host: '127.0.0.1', port: port ?? hub.settings.api.port });
  process.send?.('ready');
}

function onStop(stop: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}
