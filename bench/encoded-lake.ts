import { MockActivityEnvironment } from '@temporalio/testing';
import { existsSync } from 'node:fs';
import { mkdir, link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createIdentityActivities } from '../activities/identity';
import { createIngestActivities } from '../activities/ingest';
import { createJourneysActivities } from '../activities/journeys';
import { DuckDb } from '../adapters/local/duckdb';
import { LakeResolver } from '../adapters/local/identity/lake-resolver';
import { FileStaging } from '../adapters/local/ingest/file-staging';
import { FolderLandingZone } from '../adapters/local/ingest/folder-landing-zone';
import { LocalLake } from '../adapters/local/lake/local-lake';
import { hubSchema } from '../schemas/hub';
import { identitySchema } from '../schemas/identity';
import { sourceSchema } from '../schemas/source';

const source = sourceSchema.parse({
  name: 'events',
  title: 'Generated events',
  files: '*.parquet',
  format: 'parquet',
  events: {
    id: { sql: `customer_id || '-' || epoch_us(ts)` },
    type: 'event_type',
    channel: 'channel',
    time: { column: 'ts', zone: 'UTC' },
    profile: 'customer_id',
  },
  columns: ['customer_id', 'ts'],
});

export interface EncodedLake {
  readonly lake: LocalLake;
  /** Seconds by stage; empty when an earlier run had made the lake. */
  readonly seconds: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** A lake that the night's own activities made of a Parquet file of events. Made once, and kept in the folder. */
export async function encodedLake(folder: string, file: string): Promise<EncodedLake> {
  const { duckdbMemoryMb, threads } = hubSchema.parse({ name: 'bench', timezone: 'UTC' }).worker;
  const duckDb = await DuckDb.start({ memoryMb: duckdbMemoryMb, threads, tempFolder: join(folder, 'tmp') });
  const lake = new LocalLake(join(folder, 'lake'), duckDb);
  const landing = join(folder, 'landing');
  await mkdir(landing, { recursive: true });
  if (!existsSync(join(landing, 'events.parquet'))) await link(file, join(landing, 'events.parquet'));
  const landingZone = new FolderLandingZone(landing, new FileStaging(join(folder, 'staging'), duckDb));
  const environment = new MockActivityEnvironment();
  const ingest = createIngestActivities({ lake, landingZone, sources: [source] });
  const identity = identitySchema.parse({ rules: [{ name: 'email', match: ['email'] }] });
  const seconds: Record<string, number> = {};
  const timed = async <Input, Output>(stage: string, activity: (input: Input) => Promise<Output>, input: Input) => {
    const start = performance.now();
    const result = (await environment.run(activity, input)) as Output;
    seconds[stage] = (performance.now() - start) / 1000;
    return result;
  };
  if ((await lake.tableVersion('journeys')) === 0) {
    const businessDate = '2026-12-31';
    const files = await timed('list', ingest.listNewFiles, { source: 'events', businessDate });
    const staged = [];
    for (const one of files) staged.push(await timed('stage', ingest.stageFile, { source: 'events', file: one }));
    if (staged.length > 0) await timed('land', ingest.landSource, { source: 'events', businessDate, files: staged });
    const resolver = new LakeResolver({ lake, settings: identity, folder: join(folder, 'identity') });
    const { resolveIdentities } = createIdentityActivities({ lake, identity, resolver, settings: { timezone: 'UTC' } });
    await timed('identity', resolveIdentities, { businessDate });
    await timed('journeys', createJourneysActivities({ lake }).encodeJourneys, undefined as void);
    await rm(join(folder, 'staging'), { recursive: true, force: true });
  }
  return { lake, seconds, close: () => lake.close() };
}
