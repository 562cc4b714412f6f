import { rm } from 'node:fs/promises';
import type { WrittenFile } from '../../../core/lake/manifest';
import { lakeTables, type LakeTable } from '../../../core/lake/tables';
import { identifier, literal } from '../../../core/sql/quote';
import { withTables } from '../../../core/sql/with-tables';
import type { LakeCommit } from '../../../ports/lake';
import type { ManifestLog } from './manifest-log';
import { allOf, newName } from './part-names';
import {
  PART,
  type ParquetFiles,
  type SharedFiles,
  type StagedFiles,
  type TableColumns,
  type TableEngine,
} from './table-engine';

export interface EngineLakeParts {
  readonly engine: TableEngine;
  readonly manifests: ManifestLog;
  readonly files: SharedFiles;
  readonly staged: StagedFiles;
  readonly parquet: ParquetFiles;
}

/** Staged files by their paths. */
export const ON_THIS_MACHINE: StagedFiles = { use: (path, work) => work(path) };

/** What a commit needs until it is published: its inputs and intermediate results as tables of their own. */
export class CommitScratch {
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
      ...Object.entries(staged).map(([name, files]) => this.hold(name, files, this.lake.staged)),
      ...Object.entries(inputs).map(async ([name, input]) => {
        const path = await parquet.write(input, this.signal);
        await this.hold(name, [path], ON_THIS_MACHINE).finally(() => rm(path, { force: true }));
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

  /** Makes files a table of the commit. */
  private async hold(name: string, files: readonly string[], where: StagedFiles): Promise<void> {
    const { engine } = this.lake;
    const folder = `${this.name}/${name}`;
    let columns: TableColumns = {};
    for (const [index, file] of files.entries()) {
      const key = `${folder}/${index}.parquet`;
      columns = await where.use(file, (path) => this.share(path, key), this.signal);
    }
    const held = engine.readsMicroseconds ? columns : withTexts(columns);
    await engine.createOfFiles(this.scratch(name), held, this.lake.files.locationOf(folder), this.signal);
    this.see(name, columns);
  }

  /** Engines that would cut times are given texts. Resolves with the columns as they were. */
  private async share(path: string, key: string): Promise<TableColumns> {
    const { engine, files, parquet } = this.lake;
    const exact = engine.readsMicroseconds ? path : await parquet.withTimesAsTexts(path, this.signal);
    await files.upload(exact, key, this.signal).finally(async () => {
      if (exact !== path) await rm(exact, { force: true });
    });
    return parquet.columnsOf(path);
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

/** Writes a part of a table. */
export function insertSql(
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

function withTexts(columns: TableColumns): TableColumns {
  const held = Object.entries(columns).map(([name, type]) => [name, type === 'TIMESTAMP' ? 'VARCHAR' : type]);
  return Object.fromEntries(held) as TableColumns;
}
