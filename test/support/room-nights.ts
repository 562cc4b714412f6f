import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { loadHub, type Hub } from '../../adapters/local/hub-folder';
import { writeSampleWorld } from '../../adapters/local/sample/write-sample-world';
import { HUB_QUEUE } from '../../core/task-queues';
import type { Room } from '../../workers/room';
import { createHubWorkers } from '../../workers/worker';
import { startTestTemporal } from './temporal';

/** The nights that every room goes through: the second brings changes of what the first knows. */
export const NIGHTS = ['2026-01-20', '2026-02-28'];

/** The exports of a small world, for hubs of any room. */
export async function writeRoomsWorld(folder: string, customers = 250): Promise<string> {
  const outFolder = join(folder, 'landing');
  await writeSampleWorld({
    customers,
    days: 60,
    seed: 11,
    start: '2026-01-01',
    outFolder,
    truthFolder: join(folder, 'truth'),
  });
  return outFolder;
}

/** A hub of the telco example in a folder of its own. */
export async function roomHub(folder: string, landing: string, settings: object): Promise<Hub> {
  await mkdir(folder, { recursive: true });
  await cp(resolve('config'), folder, { recursive: true });
  const hub = { name: 'Rooms', timezone: 'Europe/Berlin', data: 'data', landing, ...settings };
  await writeFile(join(folder, 'hub.yaml'), JSON.stringify(hub));
  return loadHub(folder);
}

/** Runs the nights in a room, as its worker would. */
export async function runNights(hub: Hub, room: Room, workflowBundle: WorkflowBundleWithSourceMap): Promise<void> {
  const temporal = await startTestTemporal();
  const address = { address: temporal.address, namespace: temporal.namespace ?? 'default' };
  const workers = await createHubWorkers({ hub, room, temporal: address, workflowBundle });
  const running = workers.run();
  try {
    for (const date of NIGHTS) {
      await temporal.client.workflow.execute('nightly', {
        workflowId: `nightly-${date}`,
        taskQueue: HUB_QUEUE,
        args: [{ date }],
      });
    }
  } finally {
    workers.stop();
    await running;
    await temporal.teardown();
  }
}
