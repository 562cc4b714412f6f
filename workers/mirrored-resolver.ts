import { join } from 'node:path';
import type { DuckDb } from '../adapters/local/duckdb';
import type { Hub } from '../adapters/local/hub-folder';
import { ThreadedResolver } from '../adapters/local/identity/threaded-resolver';
import { LocalLake } from '../adapters/local/lake/local-lake';
import { LakeMirror } from '../adapters/sql/lake/lake-mirror';
import { MirroredResolver, RESOLVED_FROM } from '../adapters/sql/mirrored-resolver';
import type { IdentityResolver } from '../ports/identity-resolver';
import type { Lake } from '../ports/lake';

/** Resolves in a thread of this process what a lake of another engine has. */
export function openMirroredResolver(hub: Hub, lake: Lake, duckDb: DuckDb): IdentityResolver {
  const data = (name: string) => join(hub.dataFolder, name);
  const resolver = new ThreadedResolver({
    lakeFolder: data('mirror'),
    tempFolder: data('tmp'),
    settings: hub.identity,
    identityFolder: data('identity'),
  });
  return new MirroredResolver(new LakeMirror(lake, new LocalLake(data('mirror'), duckDb), RESOLVED_FROM), resolver);
}
