import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDb } from '../../adapters/local/duckdb';
import { DuckDbParquet } from '../../adapters/local/lake/duckdb-parquet';
import { manifestsOf } from '../../adapters/local/lake/manifest';
import { TrinoEngine } from '../../adapters/open/trino/trino-engine';
import { ON_THIS_MACHINE } from '../../adapters/sql/lake/commit-scratch';
import { EngineLake } from '../../adapters/sql/lake/engine-lake';
import type { SharedFiles } from '../../adapters/sql/lake/table-engine';
import type { TrinoServer } from '../stand-ins/trino-server';

/** Files in a folder that Trino sees as `local:///`. */
class LocalFiles implements SharedFiles {
  constructor(
    private readonly root: string,
    private readonly folder: string,
  ) {}

  async upload(path: string, key: string): Promise<void> {
    const target = join(this.root, this.folder, key);
    await mkdir(dirname(target), { recursive: true });
    await cp(path, target);
  }

  locationOf(folder: string): string {
    return `local:///${this.folder}/${folder}`;
  }

  async remove(folder: string): Promise<void> {
    await rm(join(this.root, this.folder, folder), { recursive: true, force: true });
  }

  async sweep(isOld: (name: string) => boolean): Promise<void> {
    for (const folder of (await this.folders()).filter(isOld)) await this.remove(folder);
  }

  folders(): Promise<string[]> {
    return readdir(join(this.root, this.folder)).catch(() => []);
  }
}

/** A lake of its own in a Trino that is shared. */
export async function openTrinoLake({
  address,
  folder,
}: TrinoServer): Promise<{ lake: EngineLake; engine: TrinoEngine; files: LocalFiles; close(): Promise<void> }> {
  const schema = `hub_${randomUUID().slice(0, 8)}`;
  const home = join(folder, schema);
  const duckDb = await DuckDb.start({ memoryMb: 700, threads: 2, tempFolder: join(home, 'tmp') });
  const engine = new TrinoEngine({ ...address, schema });
  const files = new LocalFiles(folder, `${schema}-staging`);
  const lake = new EngineLake({
    engine,
    manifests: manifestsOf(home),
    files,
    staged: ON_THIS_MACHINE,
    parquet: new DuckDbParquet(join(home, 'parquet'), duckDb),
  });
  return {
    lake,
    engine,
    files,
    close: async () => {
      await lake.close();
      duckDb.close();
    },
  };
}
