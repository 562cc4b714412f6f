import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDb } from '../../../adapters/local/duckdb';
import {
  writeSampleWorld,
  type SampleOptions,
  type SampleWorld,
} from '../../../adapters/local/sample/write-sample-world';

/** Sample worlds in a temporary folder, and an engine to read their Parquet files. */
export class SampleWorlds {
  private constructor(
    readonly folder: string,
    readonly duckDb: DuckDb,
  ) {}

  static async open(): Promise<SampleWorlds> {
    const folder = await mkdtemp(join(tmpdir(), 'journey-hub-'));
    return new SampleWorlds(
      folder,
      await DuckDb.start({ memoryMb: 500, threads: 2, tempFolder: join(folder, '.tmp') }),
    );
  }

  async close(): Promise<void> {
    this.duckDb.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Writes a world to `<name>/` and its truth to `<name>-truth/`; it spans the change to summer time. */
  async write(name: string, world: Partial<SampleWorld> = {}, options: SampleOptions = {}): Promise<SampleWorld> {
    const outFolder = join(this.folder, name);
    const truthFolder = `${outFolder}-truth`;
    const whole = { customers: 200, days: 60, seed: 7, start: '2026-03-01', outFolder, truthFolder, ...world };
    await writeSampleWorld(whole, options);
    return whole;
  }

  /** The lines (text) or rows (Parquet, as JSON) of a world's exports by their path. */
  async exportsOf(world: SampleWorld): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for (const path of await filesBelow(world.outFolder)) {
      found.set(relative(world.outFolder, path), await this.linesOf(path));
    }
    return found;
  }

  private async linesOf(path: string): Promise<string[]> {
    if (path.endsWith('.parquet')) {
      const rows = await this.duckDb.session(undefined, (session) =>
        session.rows<{ row: string }>(`SELECT to_json(r)::VARCHAR AS row FROM read_parquet('${path}') r`),
      );
      return rows.map(({ row }) => row);
    }
    const bytes = await readFile(path);
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    return text.split('\n').slice(0, -1);
  }
}

/** SHA-256 of every file but Parquet's, by file name. */
export async function fingerprints(...folders: string[]): Promise<Record<string, string>> {
  const paths = (await Promise.all(folders.map(filesBelow))).flat().filter((path) => !path.endsWith('.parquet'));
  const hashes = paths.map(async (path) => [
    basename(path),
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
  ]);
  return Object.fromEntries(await Promise.all(hashes)) as Record<string, string>;
}

/** The lines of one of the truth's tables, split into fields and without the header. */
export async function truthOf(world: SampleWorld, table: 'people' | 'journeys'): Promise<string[][]> {
  const text = await readFile(join(world.truthFolder, `${table}.csv`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}

export interface FileTruth {
  readonly rows: number;
  readonly bad: number;
  readonly duplicates: number;
}

/** What the truth says of each export, by its path. */
export async function filesTruth(world: SampleWorld): Promise<Record<string, FileTruth>> {
  return JSON.parse(await readFile(join(world.truthFolder, 'files.json'), 'utf8')) as Record<string, FileTruth>;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
