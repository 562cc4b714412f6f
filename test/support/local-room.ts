import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDb } from '../../adapters/local/duckdb';
import { FileStaging } from '../../adapters/local/ingest/file-staging';
import { FolderLandingZone } from '../../adapters/local/ingest/folder-landing-zone';
import { LocalLake } from '../../adapters/local/lake/local-lake';

export interface TestRoom {
  readonly folder: string;
  readonly landingFolder: string;
  readonly duckDb: DuckDb;
  readonly lake: LocalLake;
  readonly landingZone: FolderLandingZone;
  close(): Promise<void>;
}

/** A lake and a landing zone of their own in a temporary folder. */
export async function openTestRoom(options: { landingFolder?: string; memoryMb?: number } = {}): Promise<TestRoom> {
  const folder = await mkdtemp(join(tmpdir(), 'journey-hub-'));
  const landingFolder = options.landingFolder ?? join(folder, 'landing');
  const duckDb = await DuckDb.start({ memoryMb: options.memoryMb ?? 700, threads: 2, tempFolder: join(folder, 'tmp') });
  const lake = new LocalLake(join(folder, 'lake'), duckDb);
  return {
    folder,
    landingFolder,
    duckDb,
    lake,
    landingZone: new FolderLandingZone(landingFolder, new FileStaging(join(folder, 'staging'), duckDb)),
    close: async () => {
      await lake.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
