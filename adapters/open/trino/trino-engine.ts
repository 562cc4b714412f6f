import { trinoDialect } from '../../../core/sql/trino-dialect';
import { identifier, literal } from '../../../core/sql/quote';
import type { ColumnBatch } from '../../../ports/lake';
import { PART, type TableColumns, type TableEngine, type TableSpace } from '../../sql/lake/table-engine';
import { TrinoSession, type TrinoAddress } from './trino-session';

export interface TrinoEngineOptions extends Omit<TrinoAddress, 'schema'> {
  /** Of the lake's tables; those of commits under way are in another that is called so with `_scratch` behind. */
  readonly schema: string;
}

/** How often a write is tried again by Iceberg that other writers of the table came before. */
const COMMIT_RETRIES = 30;
/** The shortest that Trino's Iceberg connector allows by default. */
const KEPT = '7d';

/** Trino with an Iceberg catalog that may add files (`iceberg.add-files-procedure.enabled`). */
export class TrinoEngine implements TableEngine {
  readonly dialect = trinoDialect;
  readonly readsMicroseconds = true;
  private readonly session: TrinoSession;
  private schemas: Promise<void> | undefined;

  constructor(private readonly options: TrinoEngineOptions) {
    this.session = new TrinoSession(options);
  }

  nameOf(space: TableSpace, table: string): string {
    return [this.options.catalog, this.schemaOf(space), table].map(identifier).join('.');
  }

  async tables(space: TableSpace, signal?: AbortSignal): Promise<Map<string, string[]>> {
    await this.ensureSchemas();
    const columns = await this.session.rows<{ table_name: string; column_name: string }>(
      `SELECT table_name, column_name FROM ${identifier(this.options.catalog)}.information_schema.columns
WHERE table_schema = ${literal(this.schemaOf(space))} ORDER BY table_name, ordinal_position`,
      signal,
    );
    const tables = new Map<string, string[]>();
    for (const { table_name: table, column_name: column } of columns) {
      tables.set(table, [...(tables.get(table) ?? []), column]);
    }
    return tables;
  }

  async ensureTable(table: string, columns: TableColumns, existing: readonly string[] | undefined): Promise<void> {
    const name = this.nameOf('lake', table);
    if (existing === undefined) {
      await this.session.run(`CREATE TABLE IF NOT EXISTS ${name} (${PART} VARCHAR, ${this.columnsSql(columns)})
WITH (format = 'PARQUET', partitioning = ARRAY[${literal(PART)}], max_commit_retry = ${COMMIT_RETRIES})`);
      return;
    }
    for (const [column, type] of Object.entries(columns)) {
      if (existing.includes(column)) continue;
      await this.session.run(
        `ALTER TABLE ${name} ADD COLUMN IF NOT EXISTS ${identifier(column)} ${this.dialect.type(type)}`,
      );
    }
  }

  async createAs(table: string, sql: string, signal?: AbortSignal): Promise<void> {
    await this.session.run(`CREATE TABLE ${this.nameOf('scratch', table)} AS ${sql}`, signal);
  }

  async createOfFiles(table: string, columns: TableColumns, location: string, signal?: AbortSignal): Promise<void> {
    const name = this.nameOf('scratch', table);
    await this.session.run(`CREATE TABLE ${name} (${this.columnsSql(columns)}) WITH (format = 'PARQUET')`, signal);
    await this.session.run(
      `ALTER TABLE ${name} EXECUTE add_files(location => ${literal(location)}, format => 'PARQUET')`,
      signal,
    );
  }

  async dropScratch(table: string): Promise<void> {
    await this.session.run(`DROP TABLE IF EXISTS ${this.nameOf('scratch', table)}`);
  }

  read(sql: string, signal?: AbortSignal): AsyncIterable<ColumnBatch> {
    return this.session.read(sql, signal);
  }

  run(sql: string, signal?: AbortSignal): Promise<number> {
    return this.session.run(sql, signal);
  }

  async tidy(table: string): Promise<void> {
    for (const task of ['expire_snapshots', 'remove_orphan_files']) {
      await this.session.run(
        `ALTER TABLE ${this.nameOf('lake', table)} EXECUTE ${task}(retention_threshold => '${KEPT}')`,
      );
    }
  }

  async close(): Promise<void> {
    await this.session.close();
  }

  private schemaOf(space: TableSpace): string {
    return space === 'lake' ? this.options.schema : `${this.options.schema}_scratch`;
  }

  private columnsSql(columns: TableColumns): string {
    return Object.entries(columns)
      .map(([name, type]) => `${identifier(name)} ${this.dialect.type(type)}`)
      .join(', ');
  }

  private ensureSchemas(): Promise<void> {
    const ensure = async () => {
      for (const space of ['lake', 'scratch'] as const) {
        const schema = [this.options.catalog, this.schemaOf(space)].map(identifier).join('.');
        await this.session.run(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      }
    };
    this.schemas ??= ensure().catch((error: unknown) => {
      this.schemas = undefined;
      throw error;
    });
    return this.schemas;
  }
}
