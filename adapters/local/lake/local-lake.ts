import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsByTable, type Manifest, type TableState, type WrittenFile } from '../../../core/lake/manifest';
import { duckDbDialect } from '../../../core/sql/duckdb-dialect';
import { identifier, literal } from '../../../core/sql/quote';
import type { ColumnBatch, CommitResult, Lake, LakeCommit, ReadOptions } from '../../../ports/lake';
import { lakeTableNames, lakeTables, noRowsOf, type LakeTable } from '../../../core/lake/tables';
import type { DuckDb, DuckDbSession } from '../duckdb';
import { manifestAt, publishCommit } from '../../sql/lake/manifest-log';
import { manifestsOf, type FolderManifestLog } from './manifest';
import { ManifestVersions } from '../../sql/lake/manifest-versions';

interface VacuumOptions {
  /** How many of the newest versions stay readable. */
  readonly keepVersions: number;
  /** Younger files may belong to a commit under way, and stay. */
  readonly minAgeMs: number;
  readonly signal?: AbortSignal | undefined;
}

const VACUUM: VacuumOptions = { keepVersions: 20, minAgeMs: 3_600_000 };

/** The journey lake as a folder of Parquet files, a log of manifests, and DuckDB. */
export class LocalLake extends ManifestVersions implements Lake {
  readonly dialect = duckDbDialect;
  private readonly log: FolderManifestLog;

  constructor(
    private readonly folder: string,
    private readonly duckDb: DuckDb,
  ) {
    const log = manifestsOf(folder);
    super(log);
    this.log = log;
  }

  async rows<Row extends object>(sql: string, options: ReadOptions = {}): Promise<Row[]> {
    return this.session(options, (session) => session.rows<Row>(sql, options.parameters));
  }

  /** Several queries over one version, which may share temporary tables. */
  async session<T>(
    options: Pick<ReadOptions, 'version' | 'signal'>,
    work: (session: DuckDbSession) => Promise<T>,
  ): Promise<T> {
    return this.duckDb.session(options.signal, async (session) => {
      await this.attach(session, await manifestAt(this.log, options.version));
      return work(session);
    });
  }

  async *stream(sql: string, options: ReadOptions = {}): AsyncGenerator<ColumnBatch> {
    const session = await this.duckDb.open(options.signal);
    try {
      await this.attach(session, await manifestAt(this.log, options.version));
      yield* session.stream(sql, options.parameters);
    } finally {
      session.close();
    }
  }

  async commit(commit: LakeCommit, options: { readonly signal?: AbortSignal } = {}): Promise<CommitResult> {
    const latest = await this.log.latest();
    const made = latest.keys[commit.key];
    if (made !== undefined) return { version: made, fresh: false, rows: {} };
    const base = commit.version === undefined ? latest : await this.log.read(commit.version);
    const staged = await this.duckDb.session(options.signal, async (session) => {
      await this.attach(session, base);
      return this.stage(session, commit);
    });
    options.signal?.throwIfAborted();
    const version = await publishCommit(this.log, commit, base, staged);
    return { version, fresh: true, rows: rowsByTable(staged) };
  }

  /** Deletes what no kept version names: files of commits that were cut off and of versions long replaced. */
  async vacuum(options: Partial<VacuumOptions> = {}): Promise<{ readonly deletedFiles: number }> {
    const { keepVersions, minAgeMs, signal } = { ...VACUUM, ...options };
    const versions = await this.log.versions();
    const kept = await Promise.all(versions.slice(-keepVersions).map((version) => this.log.read(version)));
    const named = new Set(kept.flatMap((manifest) => Object.values(manifest.tables).flatMap((table) => table.files)));
    for (const version of versions.slice(0, -keepVersions)) await this.log.forget(version);
    let deletedFiles = 0;
    for (const table of lakeTableNames) {
      for (const name of await readdir(join(this.folder, table)).catch(() => [])) {
        signal?.throwIfAborted();
        const file = `${table}/${name}`;
        const path = join(this.folder, file);
        if (named.has(file) || Date.now() - (await stat(path)).mtimeMs < minAgeMs) continue;
        await rm(path, { force: true });
        deletedFiles++;
      }
    }
    return { deletedFiles };
  }

  async close(): Promise<void> {
    this.duckDb.close();
  }

  /** Makes every lake table visible to the session under its name. */
  private async attach(session: DuckDbSession, manifest: Manifest): Promise<void> {
    const views = lakeTableNames.map((table) => this.view(table, manifest.tables[table]));
    await session.run(views.join(';\n'));
  }

  private view(table: LakeTable, state: TableState | undefined): string {
    if (state === undefined || state.files.length === 0)
      return `CREATE TEMP VIEW ${table} AS ${noRowsOf(table, this.dialect)}`;
    const files = state.files.map((file) => literal(join(this.folder, file))).join(', ');
    const names = Object.keys(lakeTables[table]).map(identifier).join(', ');
    // Files of earlier releases may lack columns.
    return `CREATE TEMP VIEW ${table} AS SELECT ${names} FROM (${noRowsOf(table, this.dialect)}
UNION ALL BY NAME SELECT * FROM read_parquet([${files}], union_by_name = true))`;
  }

  private async stage(session: DuckDbSession, commit: LakeCommit): Promise<WrittenFile[]> {
    for (const [name, files] of Object.entries(commit.staged ?? {})) {
      const list = files.map(literal).join(', ');
      await session.run(`CREATE TEMP VIEW ${identifier(name)} AS SELECT * FROM read_parquet([${list}])`);
    }
    for (const [name, input] of Object.entries(commit.inputs ?? {})) await session.createTable(name, input);
    for (const { name, select } of commit.prepare ?? []) {
      await session.run(`CREATE TEMP TABLE ${identifier(name)} AS ${select}`);
    }
    const staged: WrittenFile[] = [];
    for (const write of commit.writes) {
      const file = `${write.table}/${randomUUID()}.parquet`;
      await mkdir(join(this.folder, write.table), { recursive: true });
      const columns = Object.entries(lakeTables[write.table]);
      const typed = columns.map(([name, type]) => `${identifier(name)}::${type} AS ${identifier(name)}`).join(', ');
      const path = join(this.folder, file);
      const rows = await session.run(
        `COPY (SELECT ${typed} FROM (${write.select})) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
      );
      await syncFile(path);
      staged.push({ table: write.table, mode: write.mode, file, rows });
    }
    return staged;
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
