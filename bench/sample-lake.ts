import { join, resolve } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createIdentityActivities } from '../activities/identity';
import { createIngestActivities } from '../activities/ingest';
import { createJourneysActivities } from '../activities/journeys';
import { DuckDb } from '../adapters/local/duckdb';
import { loadHub } from '../adapters/local/hub-folder';
import { LakeResolver } from '../adapters/local/identity/lake-resolver';
import { FileStaging } from '../adapters/local/ingest/file-staging';
import { FolderLandingZone } from '../adapters/local/ingest/folder-landing-zone';
import { LocalLake } from '../adapters/local/lake/local-lake';
import { writeSampleWorld, type SampleWorld } from '../adapters/local/sample/write-sample-world';
import { cacheFolder, projectFolder } from './peers';

/** The first day of the worlds that lakes are made of. */
const SAMPLE_START = '2026-01-01';
const DAY_MS = 86_400_000;

export type LakeWorld = Pick<SampleWorld, 'customers' | 'days' | 'seed' | 'engagement'>;

/**
 * Epoch milliseconds up to which everything that happens in a world is known: its end. Its last event is later: who has left is
 * offered to come back for days afterwards, when nothing else happens any more.
 */
export function endOf({ days }: LakeWorld): number {
  return Date.parse(SAMPLE_START) + days * DAY_MS;
}

/** Where the lake of a world is kept, with what is true of its people in `truth`. */
export function folderOf({ customers, days, seed, engagement }: LakeWorld): string {
  return join(cacheFolder, ['sample', ...(engagement ? ['engagement'] : []), customers, days, seed].join('-'));
}

/** The sample world as one night has it, without a graph; made once, and kept in its folder. */
export async function sampleLake(world: LakeWorld) {
  const folder = folderOf(world);
  const hub = await loadHub(resolve(projectFolder, 'config'));
  const [tempFolder, landing] = [join(folder, 'tmp'), join(folder, 'landing')];
  const duckDb = await DuckDb.start({ memoryMb: 1_500, threads: 2, tempFolder });
  const lake = new LocalLake(join(folder, 'lake'), duckDb);
  if ((await lake.tableVersion('journeys')) > 0) return lake;
  process.stderr.write(`bench: making a lake of ${world.customers} sample customers (once)\n`);
  await writeSampleWorld({ ...world, start: SAMPLE_START, outFolder: landing, truthFolder: join(folder, 'truth') });
  const landingZone = new FolderLandingZone(landing, new FileStaging(join(folder, 'staging'), duckDb));
  const { identity, settings, sources } = hub;
  const ingest = createIngestActivities({ lake, landingZone, sources });
  const resolver = new LakeResolver({ lake, settings: identity, folder: join(folder, 'identity') });
  const environment = new MockActivityEnvironment();
  const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input) =>
    environment.run(activity, input) as Promise<Output>;
  const businessDate = '2026-12-31';
  for (const { name: source } of sources) {
    const files = await run(ingest.listNewFiles, { source, businessDate });
    const staged = [];
    for (const file of files) staged.push(await run(ingest.stageFile, { source, file }));
    if (staged.length > 0) await run(ingest.landSource, { source, businessDate, files: staged });
  }
  await run(createIdentityActivities({ lake, identity, resolver, settings }).resolveIdentities, { businessDate });
  await run(createJourneysActivities({ lake }).encodeJourneys, undefined as void);
  return lake;
}
