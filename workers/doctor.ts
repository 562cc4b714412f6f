import { constants } from 'node:fs';
import { access, mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Hub } from '../adapters/local/hub-folder';
import { javaProgram } from '../adapters/local/engines/gremlin-jars';
import { probeGremlin } from '../adapters/local/engines/gremlin-server';
import { HubError, messageOf } from '../core/errors';
import { streamedAmong } from '../schemas/source';
import { checkLake } from './check-lake';
import { streamsOf } from './of-every-room';
import type { GremlinAddress } from './room';
import { openLakeVersions } from './shared-objects';
import type { TemporalPlace } from './temporal-connection';

/** What was looked at, and how it was found. */
export interface Finding {
  readonly name: string;
  /** `unknown`: what it depends on does not run. */
  readonly state: 'good' | 'bad' | 'unknown';
  readonly found: string;
}

/** What a hub runs on. */
export interface Examined {
  readonly hub: Hub;
  /** Left out where the hub does not run, and starts its own. */
  readonly temporal?: TemporalPlace;
  readonly gremlin?: GremlinAddress;
  /** Asks the Temporal server for its version. */
  readonly temporalVersion: (place: TemporalPlace) => Promise<string>;
}

interface Check {
  readonly name: string;
  /** What was found, where it is good. Throws what is wrong, with its remedy. */
  readonly look: (examined: Examined) => Promise<string | undefined>;
}

const GB = 1024 ** 3;
const LEAST_FREE_BYTES = 2 * GB;
const LEAST_MEMORY_BYTES = 3.5 * GB;
const OLDEST_NODE = [20, 19] as const;
/** Clocks of machines that look after theirs are not as far apart. */
const CLOCK_MS = 60_000;
const ANSWER_MS = 20_000;

const CHECKS: readonly Check[] = [
  { name: 'Node.js', look: nodeVersion },
  { name: 'memory', look: memory },
  { name: 'data folder', look: dataFolder },
  { name: 'disk', look: disk },
  { name: 'secrets', look: secrets },
  { name: 'landing folder', look: landing },
  { name: 'lake', look: lake },
  { name: 'clock', look: clock },
  { name: 'Java', look: java },
  { name: 'Temporal', look: temporal },
  { name: 'Gremlin Server', look: gremlin },
  { name: 'streams', look: streams },
];

/** Looks at everything that a hub depends on, whatever else is wrong; checks that its room does not need are left out. */
export async function examine(examined: Examined): Promise<Finding[]> {
  const findings = await Promise.all(CHECKS.map((check) => findingOf(check, examined)));
  return findings.filter((finding) => finding !== undefined);
}

async function findingOf({ name, look }: Check, examined: Examined): Promise<Finding | undefined> {
  try {
    const found = await look(examined);
    return found === undefined ? undefined : { name, state: found === NOT_RUNNING ? 'unknown' : 'good', found };
  } catch (error) {
    return { name, state: 'bad', found: messageOf(error) };
  }
}

const NOT_RUNNING = 'the hub does not run: start it to have this looked at';

async function nodeVersion(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  if (isOld) throw new Error(`${process.version}: install Node.js ${OLDEST_NODE.join('.')} or newer`);
  return process.version;
}

async function memory(): Promise<string> {
  const found = `${gigabytes(totalmem())} GB`;
  if (totalmem() >= LEAST_MEMORY_BYTES) return found;
  throw new Error(
    `${found}: a hub with its engines needs 4 GB; lower worker.duckdbMemoryMb and engines.gremlin.heapMb`,
  );
}

async function dataFolder({ hub }: Examined): Promise<string> {
  await mkdir(hub.dataFolder, { recursive: true });
  await access(hub.dataFolder, constants.R_OK | constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    const message = `${hub.dataFolder} cannot be written to: give it to the user that runs the hub, or name another in HUB_DATA`;
    throw new Error(message, { cause });
  });
  return hub.dataFolder;
}

async function disk({ hub }: Examined): Promise<string> {
  const { bavail, bsize, files, ffree } = await statfs(hub.dataFolder);
  const found = `${gigabytes(bavail * bsize)} GB free`;
  if (bavail * bsize < LEAST_FREE_BYTES)
    throw new Error(`${found} at ${hub.dataFolder}: make room, or move it (HUB_DATA)`);
  if (files > 0 && ffree === 0) throw new Error(`no more files can be made at ${hub.dataFolder}: remove some`);
  return found;
}

/** Keys that others on the machine may read are no secrets. */
async function secrets({ hub }: Examined): Promise<string> {
  const folder = join(hub.dataFolder, 'secrets');
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const { mode } = await stat(join(folder, name));
    if ((mode & 0o077) !== 0) throw new Error(`${join(folder, name)} can be read by others: chmod 600 it`);
  }
  return names.length === 0 ? 'none yet' : 'for the hub alone';
}

async function landing({ hub }: Examined): Promise<string | undefined> {
  if (hub.settings.room === 'aws') return undefined;
  const names = await readdir(hub.landingFolder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`${hub.landingFolder} cannot be read: ${error.message}`);
  });
  return names === undefined ? `${hub.landingFolder} is made at the first start` : hub.landingFolder;
}

async function lake({ hub }: Examined): Promise<string> {
  await checkLake(hub);
  return `version ${await (await openLakeVersions(hub)).version()}`;
}

/** What was written in the future was written before the clock was set back. */
async function clock({ hub }: Examined): Promise<string | undefined> {
  if (hub.settings.room !== 'local') return undefined;
  const folder = join(hub.dataFolder, 'lake');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const newest = names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .at(-1);
  if (newest === undefined) return 'nothing to compare with yet';
  const { mtimeMs } = await stat(join(folder, newest));
  if (mtimeMs <= Date.now() + CLOCK_MS) return new Date().toISOString();
  const message = `it is ${new Date().toISOString()} here, and the lake was written to at ${new Date(mtimeMs).toISOString()}: set the clock`;
  throw new Error(message);
}

async function java({ hub }: Examined): Promise<string | undefined> {
  const { room, engines } = hub.settings;
  if (room === 'aws' || (process.env['GREMLIN_URL'] ?? engines.gremlin.url) !== undefined) return undefined;
  return javaProgram();
}

async function temporal({ temporal: place, temporalVersion }: Examined): Promise<string> {
  if (place === undefined) return NOT_RUNNING;
  return `${place.address}, namespace ${place.namespace}, ${await temporalVersion(place)}`;
}

async function gremlin({ hub, gremlin: address }: Examined): Promise<string | undefined> {
  if (hub.settings.room === 'aws') return undefined;
  if (address === undefined) return NOT_RUNNING;
  await probeGremlin(address.url).catch((cause: unknown) => {
    const message = `no Gremlin Server answers at ${address.url}: start it, or correct engines.gremlin.url or GREMLIN_URL`;
    throw new HubError('ENGINE_UNREACHABLE', message, { cause });
  });
  return address.url;
}

async function streams({ hub }: Examined): Promise<string | undefined> {
  const followed = streamedAmong(hub.sources);
  if (followed.length === 0) return undefined;
  const open = streamsOf(hub);
  const found = await Promise.all(
    followed.map(async (source) => {
      const stream = open(source);
      try {
        return `${source.name}: ${(await stream.shards(AbortSignal.timeout(ANSWER_MS))).length} shards`;
      } finally {
        await stream.close();
      }
    }),
  );
  return found.join(', ');
}

function gigabytes(bytes: number): string {
  return (bytes / GB).toFixed(1);
}
