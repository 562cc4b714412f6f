import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Hub } from '../../adapters/local/hub-folder';
import { HubError } from '../../core/errors';
import type { ObjectStore } from '../../ports/object-store';
import type { AwsSettings } from '../../schemas/engines';
import { arrivalsOf, openArrivals } from '../../workers/arrivals';
import { writeSample } from './sample';

/**
 * Writes the sample world where the hub wants one and none of its sources' files has arrived yet.
 *
 * @throws HubError NO_INPUT when there is none, and the hub wants no sample
 */
export async function ensureInput(hub: Hub, signal: AbortSignal): Promise<void> {
  const { room, engines } = hub.settings;
  await (room === 'aws' ? ensureObjects(hub, engines.aws!, signal) : ensureFiles(hub, signal));
}

async function ensureFiles(hub: Hub, signal: AbortSignal): Promise<void> {
  const files = await readdir(hub.landingFolder).catch(() => []);
  if (files.length === 0) {
    await writeSample(hub, sampleOf(hub, `the landing folder ${hub.landingFolder}`), hub.landingFolder, signal);
  }
}

async function ensureObjects(hub: Hub, settings: AwsSettings, signal: AbortSignal): Promise<void> {
  const { bucket, prefix } = arrivalsOf(settings);
  const arrivals = openArrivals(settings);
  const world = join(hub.dataFolder, 'tmp', 'sample');
  try {
    // A world that is here was written whole, and not all of it has arrived.
    if (!existsSync(world)) {
      if (!(await isEmpty(arrivals, signal))) return;
      await writeSample(hub, sampleOf(hub, `the landing zone s3://${bucket}/${prefix}`), world, signal);
    }
    await uploadAll(world, arrivals, signal);
    await rm(world, { recursive: true, force: true });
  } finally {
    await arrivals.close();
  }
}

async function isEmpty(objects: ObjectStore, signal: AbortSignal): Promise<boolean> {
  for await (const _first of objects.list('', signal)) return false;
  return true;
}

async function uploadAll(folder: string, objects: ObjectStore, signal: AbortSignal): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    await objects.upload(path, relative(folder, path).split(sep).join('/'), signal);
  }
}

function sampleOf({ settings }: Hub, where: string): NonNullable<Hub['settings']['sample']> {
  if (settings.sample !== undefined) return settings.sample;
  throw new HubError('NO_INPUT', `${where} is empty: put the sources' files there, or set "sample" in hub.yaml`);
}
