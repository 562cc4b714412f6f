import { join } from 'node:path';
import { DuckDb } from '../adapters/local/duckdb';
import type { Hub } from '../adapters/local/hub-folder';
import { LocalLake } from '../adapters/local/lake/local-lake';
import type { Lake } from '../ports/lake';
import { openAthenaLake } from './aws-room';
import { openTrinoLake } from './open-room';
import { passwordOf } from './passwords';

/** For questions of a few rows; the engines of other rooms have memory of their own. */
const MEMORY_MB = { local: 500, other: 128 };

/**
 * A hub's lake without anything else of its room, for processes that read a little of it.
 *
 * @throws HubError PASSWORD_MISSING
 */
export async function openHubLake(hub: Hub): Promise<{ readonly lake: Lake; close(): Promise<void> }> {
  const { room } = hub.settings;
  const password = room === 'open' ? passwordOf('trino', hub) : undefined;
  const memoryMb = room === 'local' ? MEMORY_MB.local : MEMORY_MB.other;
  const duckDb = await DuckDb.start({ memoryMb, threads: 1, tempFolder: join(hub.dataFolder, 'tmp') });
  if (room === 'local') {
    const lake = new LocalLake(join(hub.dataFolder, 'lake'), duckDb);
    return { lake, close: () => lake.close() };
  }
  const { lake, close } = await (room === 'open' ? openTrinoLake(hub, duckDb, password) : openAthenaLake(hub, duckDb));
  return {
    lake,
    close: async () => {
      await close();
      duckDb.close();
    },
  };
}
