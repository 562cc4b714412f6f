import { HubError } from '../../../core/errors';
import { rowsByTable, withCompacted, type Manifest } from '../../../core/lake/manifest';
import { lakeTableNames, lakeTables, noRowsOf, type LakeTable } from '../../../core/lake/tables';
import { slices } from '../../../core/slices';
import { bindParameters } from '../../../core/sql/bind-parameters';
import type { LakeDialect } from '../../../core/sql/lake-dialect';
import { identifier, literal } from '../../../core/sql/quote';
import { withTables } from '../../../core/sql/with-tables';
import type { ColumnBatch, CommitResult, Lake, LakeCommit, ReadOptions } from '../../../ports/lake';
import { CommitScratch, insertSql, type EngineLakeParts } from './commit-scratch';
import { manifestAt, publishCommit } from './manifest-log';
import { ManifestVersions } from './manifest-versions';
import { allOf, newName, writtenAt } from './part-names';
import { PART } from './table-engine';

export interface VacuumOptions {
  /** How many of the newest versions stay readable. */
  readonly keepVersions: number;
  /** What is younger may belong to a commit under way, and stays. */
  readonly minAgeMs: number;
  /** The parts of a table that has more are joined. */
  readonly mostParts: number;
  /** Of the parts that a statement names; the longest that Athena takes has room for ten times as many. */
  readonly mostNamed: number;
  readonly signal?: AbortSignal | undefined;
}

const VACUUM: VacuumOptions = { keepVersions: 20, minAgeMs: 24 * 3_600_000, mostParts: 100, mostNamed: 1_000 };

/**
 * The journey lake as tables of an SQL engine. Engines change one table at a time, and show each change at once; so every
 * write of a commit is a _part_, a partition of its own, that nobody reads until a manifest names it. Manifests are
 * published one a version, as in the local room: commits over several tables are atomic, appends commute, a reader sees one
 * version, and what a commit that was cut off had written is never seen.
 */
export class EngineLake extends ManifestVersions implements Lake {
  readonly dialect: LakeDialect;
  private ensured: Promise<void> | undefined;

  constructor(private readonly lake: EngineLakeParts) {
    super(lake.manifests);
    this.dialect = lake.engine.dialect;
  }

  async rows<Row extends object>(sql: string, options: ReadOptions = {}): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const { rows: count, columns } of this.stream(sql, options)) {
      const names = Object.entries(columns);
      for (let row = 0; row < count; row++) {
        rows.push(Object.fromEntries(names.map(([name, values]) => [name, values[row]])) as Row);
      }
    }
    return rows;
  }

  async *stream(sql: string, { version, parameters = {}, signal }: ReadOptions = {}): AsyncGenerator<ColumnBatch> {
    const tables = this.tablesOf(await manifestAt(this.lake.manifests, version));
    const columnsOf = (table: string) => Object.keys(lakeTables[table as LakeTable]);
    yield* this.lake.engine.read(withTables(bindParameters(sql, parameters), tables, { columnsOf }), signal);
  }

  async commit(commit: LakeCommit, { signal }: { readonly signal?: AbortSignal } = {}): Promise<CommitResult> {
    const { manifests } = this.lake;
    const latest = await manifests.latest();
    const made = latest.keys[commit.key];
    if (made !== undefined) return { version: made, fresh: false, rows: {} };
    const base = commit.version === undefined ? latest : await manifests.read(commit.version);
    await this.ensureTables();
    const scratch = new CommitScratch(this.lake, this.tablesOf(base), signal);
    try {
      const written = await scratch.write(commit);
      refuseIfCancelled(signal);
      const version = await publishCommit(manifests, commit, base, written);
      return { version, fresh: true, rows: rowsByTable(written) };
    } finally {
      await scratch.drop();
    }
  }

  /** Deletes what only versions long replaced, or commits that were cut off, had written; and joins many parts to one. */
  async vacuum(options: Partial<VacuumOptions> = {}): Promise<{ readonly deletedFiles: number }> {
    const limits = { ...VACUUM, ...options };
    const { keepVersions, minAgeMs, signal } = limits;
    const { engine, manifests, files } = this.lake;
    await this.ensureTables();
    for (const table of lakeTableNames) await this.compact(table, limits);
    const versions = await manifests.versions();
    const kept = await Promise.all(versions.slice(-keepVersions).map((version) => manifests.read(version)));
    for (const version of versions.slice(0, -keepVersions)) await manifests.forget(version);
    const isOld = (name: string) => Date.now() - writtenAt(name) >= minAgeMs;
    let deletedFiles = 0;
    for (const table of lakeTableNames) {
      const named = new Set(kept.flatMap((manifest) => manifest.tables[table]?.files ?? []));
      const gone = (await this.partsOf(table, signal)).filter((part) => !named.has(part) && isOld(part));
      if (gone.length === 0) continue;
      deletedFiles += gone.length;
      await this.remove(table, gone, limits);
    }
    for (const table of (await engine.tables('scratch')).keys()) if (isOld(table)) await engine.dropScratch(table);
    await files.sweep(isOld);
    return { deletedFiles };
  }

  async close(): Promise<void> {
    await this.lake.engine.close();
  }

  /** Every table of a version, as a query. */
  private tablesOf({ tables }: Manifest): Map<string, string> {
    return new Map(lakeTableNames.map((table) => [table, this.select(table, tables[table]?.files ?? [])]));
  }

  private select(table: LakeTable, parts: readonly string[]): string {
    if (parts.length === 0) return noRowsOf(table, this.dialect);
    const columns = Object.keys(lakeTables[table]).map(identifier).join(', ');
    return `SELECT ${columns} FROM ${this.lake.engine.nameOf('lake', table)} WHERE ${among(parts)}`;
  }

  /** Once: tables that an earlier release made may lack columns. */
  private ensureTables(): Promise<void> {
    const { engine } = this.lake;
    const ensure = async () => {
      const existing = await engine.tables('lake');
      await allOf(lakeTableNames.map((table) => engine.ensureTable(table, lakeTables[table], existing.get(table))));
    };
    this.ensured ??= ensure().catch((error: unknown) => {
      this.ensured = undefined;
      throw error;
    });
    return this.ensured;
  }

  /** Joins the parts of a table, as many at a time as a statement may name, until there are few. */
  private async compact(table: LakeTable, { mostParts, mostNamed, signal }: VacuumOptions): Promise<void> {
    const { engine, manifests } = this.lake;
    const parts = (await manifests.latest()).tables[table]?.files ?? [];
    if (parts.length <= mostParts) return;
    for (const some of slices(parts, mostNamed)) {
      refuseIfCancelled(signal);
      const joined = newName('p');
      await engine.run(insertSql(this.lake, table, joined, this.select(table, some)), signal);
      for (;;) {
        const next = withCompacted(await manifests.latest(), table, some, joined);
        // Somebody replaced the table meanwhile.
        if (next === undefined) return;
        if (await manifests.publish(next)) break;
      }
    }
  }

  private async remove(
    table: LakeTable,
    parts: readonly string[],
    { mostNamed, signal }: VacuumOptions,
  ): Promise<void> {
    const { engine } = this.lake;
    for (const some of slices(parts, mostNamed)) {
      await engine.run(`DELETE FROM ${engine.nameOf('lake', table)} WHERE ${among(some)}`, signal);
    }
    await engine.tidy(table);
  }

  private async partsOf(table: LakeTable, signal?: AbortSignal): Promise<string[]> {
    const name = this.lake.engine.nameOf('lake', table);
    const parts: string[] = [];
    for await (const { columns } of this.lake.engine.read(`SELECT DISTINCT ${PART} AS part FROM ${name}`, signal)) {
      parts.push(...Array.from(columns['part'] as ArrayLike<string>));
    }
    return parts;
  }
}

function among(parts: readonly string[]): string {
  return `${PART} IN (${parts.map(literal).join(', ')})`;
}

function refuseIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new HubError('CANCELLED', 'the commit was cancelled');
}
