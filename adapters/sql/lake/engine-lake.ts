import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { HubError } from '../../../core/errors';
import { rowsByTable, withCompacted, type Manifest, type WrittenFile } from '../../../core/lake/manifest';
import { lakeTableNames, lakeTables, noRowsOf, type LakeTable } from '../../../core/lake/tables';
import { bindParameters } from '../../../core/sql/bind-parameters';
import type { LakeDialect } from '../../../core/sql/lake-dialect';
import { identifier, literal } from '../../../core/sql/quote';
import { withTables } from '../../../core/sql/with-tables';
import type { ColumnBatch, CommitResult, Lake, LakeCommit, ReadOptions } from '../../../ports/lake';
import { manifestAt, publishCommit, type ManifestLog } from './manifest-log';
import { ManifestVersions } from './manifest-versions';
import { PART, type ParquetFiles, type SharedFiles, type TableColumns, type TableEngine } from './table-engine';

export interface EngineLakeParts {
  readonly engine: TableEngine;
  readonly manifests: ManifestLog;
  readonly files: SharedFiles;
  readonly parquet: ParquetFiles;
}

export interface VacuumOptions {
  /** How many of the newest versions stay readable. */
  readonly keepVersions: number;
  /** What is younger may belong to a commit under way, and stays. */
  readonly minAgeMs: number;
  /** A table of more parts is made one part. */
  readonly mostParts: number;
}

const VACUUM: VacuumOptions = { keepVersions: 20, minAgeMs: 24 * 3_600_000, mostParts: 100 };

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
    yield* this.lake.engine.read(withTables(bindParameters(sql, parameters), tables), signal);
  }

  async commit(commit: LakeCommit, { signal }: { readonly signal?: AbortSignal } = {}): Promise<CommitResult> {
    const { manifests } = this.lake;
    const base = await manifestAt(this.lake.manifests, commit.version);
    const made = (await manifests.latest()).keys[commit.key];
    if (made !== undefined) return { version: made, fresh: false, rows: {} };
    await this.ensureTables();
    const scratch = new Scratch(this.lake, this.tablesOf(base), signal);
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
    const { keepVersions, minAgeMs, mostParts } = { ...VACUUM, ...options };
    const { engine, manifests } = this.lake;
    await this.ensureTables();
    for (const table of lakeTableNames) await this.compact(table, mostParts);
    const versions = await manifests.versions();
    const kept = await Promise.all(versions.slice(-keepVersions).map((version) => manifests.read(version)));
    for (const version of versions.slice(0, -keepVersions)) await manifests.forget(version);
    const isOld = (name: string) => Date.now() - writtenAt(name) >= minAgeMs;
    let deletedFiles = 0;
    for (const table of lakeTableNames) {
      const named = new Set(kept.flatMap((manifest) => manifest.tables[table]?.files ?? []));
      const gone = (await this.partsOf(table)).filter((part) => !named.has(part) && isOld(part));
      if (gone.length === 0) continue;
      await engine.run(`DELETE FROM ${engine.nameOf('lake', table)} WHERE ${among(gone)}`);
      await engine.tidy(table);
      deletedFiles += gone.length;
    }
    for (const table of (await engine.tables('scratch')).keys()) if (isOld(table)) await engine.dropScratch(table);
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

  private async compact(table: LakeTable, mostParts: number): Promise<void> {
    const { engine, manifests } = this.lake;
    const parts = (await manifests.latest()).tables[table]?.files ?? [];
    if (parts.length <= mostParts) return;
    const joined = newName('p');
    await engine.run(insertSql(this.lake, table, joined, this.select(table, parts)));
    for (;;) {
      const next = withCompacted(await manifests.latest(), table, parts, joined);
      if (next === undefined || (await manifests.publish(next))) return;
    }
  }

  private async partsOf(table: LakeTable): Promise<string[]> {
    const name = this.lake.engine.nameOf('lake', table);
    const parts: string[] = [];
    for await (const { columns } of this.lake.engine.read(`SELECT DISTINCT ${PART} AS part FROM ${name}`)) {
      parts.push(...Array.from(columns['part'] as ArrayLike<string>));
    }
    return parts;
  }
}

/** What a commit needs until it is published: its inputs and intermediate results as tables of their own. */
class Scratch {
  private readonly name = newName('c');
  private readonly made: string[] = [];

  constructor(
    private readonly lake: EngineLakeParts,
    private readonly tables: Map<string, string>,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async write({ staged = {}, inputs = {}, prepare = [], writes }: LakeCommit): Promise<WrittenFile[]> {
    const { engine, parquet } = this.lake;
    await allOf([
      ...Object.entries(staged).map(([name, paths]) => this.hold(name, paths)),
      ...Object.entries(inputs).map(async ([name, input]) => {
        const path = await parquet.write(input, this.signal);
        await this.hold(name, [path]).finally(() => rm(path, { force: true }));
      }),
    ]);
    for (const { name, select } of prepare) {
      await engine.createAs(this.scratch(name), withTables(select, this.tables), this.signal);
      this.see(name);
    }
    return allOf(
      writes.map(async ({ table, mode, select }) => {
        const file = newName('p');
        const sql = insertSql(this.lake, table, file, select, (query) => withTables(query, this.tables));
        return { table, mode, file, rows: await engine.run(sql, this.signal) };
      }),
    );
  }

  /** What cannot be dropped now is dropped by a later vacuum. */
  async drop(): Promise<void> {
    await Promise.allSettled(this.made.map((table) => this.lake.engine.dropScratch(table)));
    await this.lake.files.remove(this.name).catch(() => undefined);
  }

  /** Makes files a table of the commit. Engines that would cut times are given texts. */
  private async hold(name: string, paths: readonly string[]): Promise<void> {
    const { engine, files, parquet } = this.lake;
    const folder = `${this.name}/${name}`;
    for (const [index, path] of paths.entries()) {
      const exact = engine.readsMicroseconds ? path : await parquet.withTimesAsTexts(path, this.signal);
      await files.upload(exact, `${folder}/${index}.parquet`, this.signal).finally(async () => {
        if (exact !== path) await rm(exact, { force: true });
      });
    }
    const columns = await parquet.columnsOf(paths[0]!);
    const held = engine.readsMicroseconds ? columns : withTexts(columns);
    await engine.createOfFiles(this.scratch(name), held, files.locationOf(folder), this.signal);
    this.see(name, columns);
  }

  private scratch(name: string): string {
    const table = `${this.name}_${name}`;
    this.made.push(table);
    return table;
  }

  /** @param columns to be read as these types; as they are when left out */
  private see(name: string, columns: TableColumns = {}): void {
    const { engine } = this.lake;
    const typed = Object.entries(columns).map(
      ([column, type]) => `CAST(${identifier(column)} AS ${engine.dialect.type(type)}) AS ${identifier(column)}`,
    );
    const select = typed.length === 0 ? '*' : typed.join(', ');
    this.tables.set(name, `SELECT ${select} FROM ${engine.nameOf('scratch', `${this.name}_${name}`)}`);
  }
}

function insertSql(
  { engine }: Pick<EngineLakeParts, 'engine'>,
  table: LakeTable,
  part: string,
  select: string,
  seeing: (query: string) => string = (query) => query,
): string {
  const columns = Object.entries(lakeTables[table]);
  const typed = columns.map(([name, type]) => `CAST(${identifier(name)} AS ${engine.dialect.type(type)})`).join(', ');
  const names = columns.map(([name]) => identifier(name)).join(', ');
  return `INSERT INTO ${engine.nameOf('lake', table)} (${PART}, ${names})
${seeing(`SELECT ${literal(part)}, ${typed} FROM (${select}) AS written`)}`;
}

function among(parts: readonly string[]): string {
  return `${PART} IN (${parts.map(literal).join(', ')})`;
}

function withTexts(columns: TableColumns): TableColumns {
  const held = Object.entries(columns).map(([name, type]) => [name, type === 'TIMESTAMP' ? 'VARCHAR' : type]);
  return Object.fromEntries(held) as TableColumns;
}

/** Does things side by side. Rejects with the first error once all have ended: none goes on unseen. */
async function allOf<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** A name that nothing else has, and that tells when it was given. */
function newName(kind: 'c' | 'p'): string {
  return `${kind}${Date.now().toString(36).padStart(9, '0')}${randomBytes(6).toString('hex')}`;
}

/** Epoch milliseconds. */
function writtenAt(name: string): number {
  return parseInt(name.slice(1, 10), 36);
}

function refuseIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new HubError('CANCELLED', 'the commit was cancelled');
}
