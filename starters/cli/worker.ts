import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { loadHub } from '../../adapters/local/hub-folder';
import { messageOf } from '../../core/errors';
import { workflowBundlePath } from '../../workers/bundle-workflows';
import { openRoom } from '../../workers/rooms';
import { createHubWorkers, quietRuntime } from '../../workers/worker';
import { connectClient, engineAddresses, withHubOption } from './connection';
import { onStopSignal } from './signals';

/** `hub worker`: carries out workflows and activities, as `hub start` runs it and as a deployment would. */
export function workerCommand(program: Command): void {
  withHubOption(program.command('worker'))
    .description('run the worker that carries out workflows and activities')
    .action(runWorker);
}

async function runWorker(options: { readonly hub: string }): Promise<void> {
  quietRuntime();
  const hub = await loadHub(options.hub);
  const { temporal, gremlin } = await engineAddresses(hub);
  // What cannot be worked for is said before engines are opened, which would keep the process alive.
  await (await connectClient(temporal)).connection.close();
  const room = await openRoom(hub, gremlin);
  const code = await readFile(workflowBundlePath, 'utf8');
  const workers = await createHubWorkers({ hub, room, temporal, workflowBundle: { code } });
  onStopSignal(() => workers.stop());
  // Touching the graph fills a server that was started anew, before the night needs it.
  room.graph.counts().catch((error: unknown) => process.stderr.write(`the graph is not there: ${messageOf(error)}\n`));
  await workers.run();
  await room.close();
  // Everything is closed, but native handles of the libraries keep the event loop alive for many seconds more.
  process.exit();
}
