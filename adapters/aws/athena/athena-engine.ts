import { AthenaClient } from '@aws-sdk/client-athena';
import { HubError } from '../../../core/errors';
import { trinoDialect } from '../../../core/sql/trino-dialect';
import { identifier, literal } from '../../../core/sql/quote';
import type { ColumnBatch } from '../../../ports/lake';
import type { ObjectStore } from '../../../ports/object-store';
import { PART, type TableColumns, type TableEngine, type TableSpace } from '../../sql/lake/table-engine';
import { clientConfig, type AwsConnection } from '../client-policy';
import { batchOfRows, batchesOfCsv } from './athena-answer';
import { AthenaQuery, type AthenaQueryOptions, type RanQuery } from './athena-query';

export interface AthenaEngineOptions {
  readonly workGroup: string;
  /** Of the lake's tables; those of commits under way are in another that is called so with `_scratch` behind. */
  readonly database: string;
  /** Of `objects`, e.g. s3://bucket/prefix: tables, scratch and answers are in folders of it. */
  readonly location: string;
  readonly objects: ObjectStore;
  readonly onQuery?: (query: RanQuery) => void;
}

/** Where answers are written, below the location. */
const ANSWERS = 'answers/';
/** One run of Athena's VACUUM does not always do all. */
const MOST_VACUUMS = 20;

/** Types of core/lake/tables.ts as Athena's DDL has them, which is Hive's. */
const HIVE: Readonly<Record<string, string>> = {
  BIGINT: 'bigint',
  BOOLEAN: 'boolean',
  DATE: 'date',
  DOUBLE: 'double',
  INTEGER: 'int',
  TIMESTAMP: 'timestamp',
  VARCHAR: 'string',
  'BIGINT[]': 'array<bigint>',
  'INTEGER[]': 'array<int>',
  'USMALLINT[]': 'array<int>',
  'VARCHAR[]': 'array<string>',
};

/** Amazon Athena (engine 3) with Iceberg tables in Glue. */
export class AthenaEngine implements TableEngine {
  readonly dialect = trinoDialect;
  /** Of files that are not Iceberg's, it reads milliseconds. */
  readonly readsMicroseconds = false;
  private readonly client: AthenaClient;
  private readonly query: AthenaQueryOptions;
  private databases: Promise<void> | undefined;

  constructor(
    connection: AwsConnection,
    private readonly options: AthenaEngineOptions,
  ) {
    this.client = new AthenaClient(clientConfig('athena', connection));
    const { workGroup, database, onQuery } = options;
    this.query = { client: this.client, workGroup, database, outputLocation: this.folder(ANSWERS), onQuery };
  }

  nameOf(space: TableSpace, table: string): string {
    return `${identifier(this.databaseOf(space))}.${identifier(table)}`;
  }

  async tables(space: TableSpace, signal?: AbortSignal): Promise<Map<string, string[]>> {
    await this.ensureDatabases();
    const tables = new Map<string, string[]>();
    const sql = `SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = ${literal(this.databaseOf(space))} ORDER BY table_name, ordinal_position`;
    for await (const { rows, columns } of this.read(sql, signal)) {
      for (let row = 0; row < rows; row++) {
        const table = columns['table_name']![row] as string;
        tables.set(table, [...(tables.get(table) ?? []), columns['column_name']![row] as string]);
      }
    }
    return tables;
  }

  async ensureTable(table: string, columns: TableColumns, existing: readonly string[] | undefined): Promise<void> {
    const name = this.ddlNameOf('lake', table);
    if (existing === undefined) {
      await this.run(`CREATE TABLE IF NOT EXISTS ${name} (${columnsDdl({ [PART]: 'VARCHAR', ...columns })})
PARTITIONED BY (${PART}) LOCATION ${literal(this.folder(`tables/${table}/`))}
TBLPROPERTIES ('table_type'='ICEBERG', 'format'='parquet', 'write_compression'='zstd')`);
      return;
    }
    const lacking = Object.entries(columns).filter(([column]) => !existing.includes(column));
    if (lacking.length > 0)
      await this.run(`ALTER TABLE ${name} ADD COLUMNS (${columnsDdl(Object.fromEntries(lacking))})`);
  }

  async createAs(table: string, sql: string, signal?: AbortSignal): Promise<void> {
    await this.run(
      `CREATE TABLE ${this.nameOf('scratch', table)}
WITH (table_type = 'ICEBERG', is_external = false, format = 'PARQUET', location = ${literal(this.folder(`scratch/${table}/`))})
AS ${sql}`,
      signal,
    );
  }

  async createOfFiles(table: string, columns: TableColumns, location: string, signal?: AbortSignal): Promise<void> {
    await this.run(
      `CREATE EXTERNAL TABLE ${this.ddlNameOf('scratch', table)} (${columnsDdl(columns)})
STORED AS PARQUET LOCATION ${literal(`${location}/`)}`,
      signal,
    );
  }

  async dropScratch(table: string): Promise<void> {
    await this.run(`DROP TABLE IF EXISTS ${this.ddlNameOf('scratch', table)}`);
  }

  async *read(sql: string, signal?: AbortSignal): AsyncGenerator<ColumnBatch> {
    const query = await AthenaQuery.start(this.query, sql, signal);
    const { ResultConfiguration: result } = await query.finished();
    const { ResultSet: first, NextToken: more } = await query.page(undefined);
    const columns = first?.ResultSetMetadata?.ColumnInfo ?? [];
    const rows = (first?.Rows ?? []).slice(1);
    const key = this.keyOf(result?.OutputLocation);
    if (more === undefined) {
      if (rows.length > 0) yield batchOfRows(columns, rows);
    } else {
      // Page by page, long answers would take minutes; the whole is in S3, in the same order.
      yield* batchesOfCsv(columns, this.options.objects.stream(key, signal === undefined ? {} : { signal }));
    }
    await this.options.objects.remove([key, `${key}.metadata`]);
  }

  async run(sql: string, signal?: AbortSignal): Promise<number> {
    const query = await AthenaQuery.start(this.query, sql, signal);
    const { StatementType: kind } = await query.finished();
    return kind === 'DML' ? ((await query.page(undefined, 1)).UpdateCount ?? 0) : 0;
  }

  async tidy(table: string): Promise<void> {
    for (let time = 0; time < MOST_VACUUMS; time++) {
      try {
        await this.run(`VACUUM ${this.ddlNameOf('lake', table)}`);
        return;
      } catch (error) {
        const isHalfDone = error instanceof HubError && error.message.startsWith('ICEBERG_VACUUM_MORE_RUNS_NEEDED');
        if (!isHalfDone) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  private databaseOf(space: TableSpace): string {
    return space === 'lake' ? this.options.database : `${this.options.database}_scratch`;
  }

  /** Statements that define are Hive's, with names in back-quotes. */
  private ddlNameOf(space: TableSpace, table: string): string {
    return `${backQuoted(this.databaseOf(space))}.${backQuoted(table)}`;
  }

  private folder(path: string): string {
    return `${this.options.location}/${path}`;
  }

  private keyOf(location: string | undefined): string {
    const folder = `${this.options.location}/`;
    if (location?.startsWith(folder) === true) return location.slice(folder.length);
    const message = `engines.aws.lake.workGroup: the workgroup ${this.options.workGroup} writes answers to ${location}, where the hub does not read: let it write to ${folder}${ANSWERS}, or not enforce its own settings`;
    throw new HubError('SETTING_INVALID', message, { field: 'engines.aws.lake.workGroup' });
  }

  private ensureDatabases(): Promise<void> {
    const ensure = async () => {
      for (const space of ['lake', 'scratch'] as const) {
        await this.run(`CREATE DATABASE IF NOT EXISTS ${backQuoted(this.databaseOf(space))}`);
      }
    };
    this.databases ??= ensure().catch((error: unknown) => {
      this.databases = undefined;
      throw error;
    });
    return this.databases;
  }
}

function columnsDdl(columns: TableColumns): string {
  return Object.entries(columns)
    .map(([name, type]) => `${backQuoted(name)} ${HIVE[type] ?? type}`)
    .join(', ');
}

function backQuoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
