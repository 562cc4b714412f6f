import { join } from 'node:path';
import type { DuckDb } from '../adapters/local/duckdb';
import type { Hub } from '../adapters/local/hub-folder';
import { ThreadedResolver } from '../adapters/local/identity/threaded-resolver';
import { ThreadedDesk } from '../adapters/local/journeys/threaded-desk';
import { LocalLake } from '../adapters/local/lake/local-lake';
import { LakeMirror } from '../adapters/sql/lake/lake-mirror';
import { ANSWERED_FROM, MirroredDesk } from '../adapters/sql/mirrored-desk';
import { MirroredResolver, RESOLVED_FROM } from '../adapters/sql/mirrored-resolver';
import { SqlDesk } from '../adapters/sql/sql-desk';
import type { IdentityResolver } from '../ports/identity-resolver';
import type { JourneyDesk } from '../ports/journey-desk';
import type { Lake } from '../ports/lake';

/** Resolves in a thread of this process what a lake of another engine has. */
export function openMirroredResolver(hub: Hub, lake: Lake, duckDb: DuckDb): IdentityResolver {
  const data = (name: string) => join(hub.dataFolder, name);
  const lakeFolder = data('mirror/profiles');
  const resolver = new ThreadedResolver({
    lakeFolder,
    tempFolder: data('tmp'),
    settings: hub.identity,
    identityFolder: data('identity'),
  });
  return new MirroredResolver(new LakeMirror(lake, new LocalLake(lakeFolder, duckDb), RESOLVED_FROM), resolver);
}

/** Answers questions about journeys that a lake of another engine has. */
export function openMirroredDesk(hub: Hub, lake: Lake, duckDb: DuckDb): JourneyDesk {
  const lakeFolder = join(hub.dataFolder, 'mirror', 'journeys');
  const weights = hub.similarity;
  return new MirroredDesk({
    lake,
    sql: new SqlDesk(lake, { dialect: lake.dialect, weights }),
    mirror: new LakeMirror(lake, new LocalLake(lakeFolder, duckDb), ANSWERED_FROM),
    memory: new ThreadedDesk({
      lakeFolder,
      tempFolder: join(hub.dataFolder, 'tmp'),
      weights,
      memoryMb: hub.settings.worker.journeysMemoryMb,
    }),
  });
}
