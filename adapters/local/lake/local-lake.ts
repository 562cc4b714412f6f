import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../../../core/errors';
import { duckDbDialect } from '../../../core/sql/duckdb-dialect';
import { identifier, literal } from '../../../core/sql/quote';
import type { ColumnBatch, CommitResult, Lake, LakeCommit, ReadOptions } from '../../../ports/lake';
import { lakeTableNames, lakeTables, noRowsOf, type LakeTable } from '../../../core/lake/tables';
import type { DuckDb, DuckDbSession } from '../duckdb';
import { manifestsOf, type Manifest, type ManifestLog, type TableState } from './manifest';
import { LocalLakeVersions } from './local-lake-versions';

/** A table of the commit at hand, written to its file but not yet published. */
interface StagedWrite {
  readonly table: LakeTable;
  readonly mode: 'append' | 'replace';
  readonly file: string;
  readonly rows: number;
}

/** How often a commit is rebased on another writer's before it gives up. */
const MAX_REBASES = 50;

/** The journey lake as a folder of Parquet files, a log of manifests, and DuckDB. */
export class LocalLake implements Lake {
  readonly dialect = duckDbDialect;
  private readonly manifests: ManifestLog;
  private readonly versions: LocalLakeVersions;

  constructor(
    private readonly folder: string,
    private readonly duckDb: DuckDb,
  ) {
    this.manifests = manifestsOf(folder);
    this.versions = new LocalLakeVersions(folder);
  }

  version(): Promise<number> {
    return this.versions.version();
  }

  tableVersion(table: LakeTable): Promise<number> {
    return this.versions.tableVersion(table);
  }

  tableRevision(table: LakeTable, version?: number): Promise<string> {
    return this.versions.tableRevision(table, version);
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
      await this.attach(session, await this.manifests.at(options.version));
      return work(session);
    });
  }

  async *stream(sql: string, options: ReadOptions = {}): AsyncGenerator<ColumnBatch> {
    const session = await this.duckDb.open(options.signal);
    try {
      await this.attach(session, await this.manifests.at(options.version));
      yield* session.stream(sql, options.parameters);
    } finally {
      session.close();
    }
  }

  async commit(commit: LakeCommit, options: { readonly signal?: AbortSignal } = {}): Promise<CommitResult> {
    const base = await this.manifests.at(commit.version);
    const made = (await this.manifests.latest()).keys[commit.key];
    if (made !== undefined) return { version: made, fresh: false, rows: {} };
    const staged = await this.duckDb.session(options.signal, async (session) => {
      await this.attach(session, base);
      return this.stage(session, commit);
    });
    options.signal?.throwIfAborted();
    const version = await this.publish(commit, base, staged);
    return { version, fresh: true, rows: rowsByTable(staged) };
  }

  /**
   * Deletes what no kept version names: files of commits that were cut off and of versions long replaced.
   *
   * @param keepVersions how many of the newest versions stay readable
   * @param minAgeMs younger files may belong to a commit under way, and stay
   */
  async vacuum(keepVersions = 20, minAgeMs = 3_600_000): Promise<{ readonly deletedFiles: number }> {
    const versions = await this.manifests.versions();
    const kept = await Promise.all(versions.slice(-keepVersions).map((version) => this.manifests.read(version)));
    const named = new Set(kept.flatMap((manifest) => Object.values(manifest.tables).flatMap((table) => table.files)));
    for (const version of versions.slice(0, -keepVersions)) await this.manifests.forget(version);
    let deletedFiles = 0;
    for (const table of lakeTableNames) {
      for (const name of await readdir(join(this.folder, table)).catch(() => [])) {
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

  private async stage(session: DuckDbSession, commit: LakeCommit): Promise<StagedWrite[]> {
    for (const [name, files] of Object.entries(commit.staged ?? {})) {
      const list = files.map(literal).join(', ');
      await session.run(`CREATE TEMP VIEW ${identifier(name)} AS SELECT * FROM read_parquet([${list}])`);
    }
    for (const [name, input] of Object.entries(commit.inputs ?? {})) await session.createTable(name, input);
    for (const { name, select } of commit.prepare ?? []) {
      await session.run(`CREATE TEMP TABLE ${identifier(name)} AS ${select}`);
    }
    const staged: StagedWrite[] = [];
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

  /** Publishes the staged files on top of the newest version, rebasing when another writer was faster. */
  private async publish(commit: LakeCommit, base: Manifest, staged: readonly StagedWrite[]): Promise<number> {
    for (let rebase = 0; rebase < MAX_REBASES; rebase++) {
      const latest = await this.manifests.latest();
      const made = latest.keys[commit.key];
      if (made !== undefined) return made;
      refuseConflicts(base, latest, commit, staged);
      const next = applyWrites(latest, commit, staged);
      if (await this.manifests.publish(next)) return next.version;
    }
    throw new HubError('LAKE_CONFLICT', `the commit "${commit.key}" lost against other writers ${MAX_REBASES} times`, {
      retryable: true,
    });
  }
}

/** Appends to one table commute; what was computed from a table or a series must be computed from its newest state. */
function refuseConflicts(base: Manifest, latest: Manifest, commit: LakeCommit, staged: readonly StagedWrite[]): void {
  const replaced = staged.filter((write) => write.mode === 'replace').map((write) => write.table);
  const table = replaced.find((name) => base.tables[name]?.version !== latest.tables[name]?.version);
  const series = commit.series;
  const seriesMoved = series !== undefined && base.series[series] !== latest.series[series];
  if (table === undefined && !seriesMoved) return;
  const what = table === undefined ? `the series "${series}"` : `the table "${table}"`;
  throw new HubError('LAKE_CONFLICT', `another writer changed ${what} meanwhile`, { retryable: true });
}

function applyWrites(latest: Manifest, commit: LakeCommit, staged: readonly StagedWrite[]): Manifest {
  const version = latest.version + 1;
  const tables: Partial<Record<LakeTable, TableState>> = { ...latest.tables };
  const replaced = new Set<LakeTable>();
  for (const { table, mode, file, rows } of staged) {
    const startAfresh = mode === 'replace' && !replaced.has(table);
    if (startAfresh) replaced.add(table);
    const files = startAfresh ? [] : (tables[table]?.files ?? []);
    if (rows > 0) tables[table] = { version, files: [...files, file] };
    else if (startAfresh) tables[table] = { version, files };
  }
  const series = commit.series === undefined ? latest.series : { ...latest.series, [commit.series]: version };
  return { version, tables, keys: { ...latest.keys, [commit.key]: version }, series };
}

function rowsByTable(staged: readonly StagedWrite[]): CommitResult['rows'] {
  const rows: Partial<Record<LakeTable, number>> = {};
  for (const write of staged) rows[write.table] = (rows[write.table] ?? 0) + write.rows;
  return rows;
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
