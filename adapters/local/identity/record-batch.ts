import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import { identifier, literal } from '../../../core/sql/quote';
import { openRecords, type RecordsFile } from './records-file';

/** Records of a file in the order of their ids, as the table `batch` of a connection. */
export interface RecordBatch {
  readonly connection: DuckDBConnection;
  /** The file, with the table as its relation. */
  readonly file: RecordsFile;
  readonly ids: readonly string[];
  /** A folder for files that are needed meanwhile. */
  readonly temp: string;
}

export const BATCH = 'batch';

/**
 * Reads a file, and works with its records.
 *
 * @param id the column that names a record
 * @param wanted other columns that must be there, by the option that names them
 * @throws HubError those of `openRecords`; `RECORD_UNNAMED` and `RECORD_TWICE`, naming the option
 */
export async function withRecordBatch<T>(
  file: string,
  id: string,
  work: (batch: RecordBatch) => Promise<T>,
  wanted: Readonly<Record<string, string | readonly string[]>> = {},
): Promise<T> {
  const temp = await mkdtemp(join(tmpdir(), 'hub-identity-'));
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '700MB', temp_directory: temp });
  const connection = await instance.connect();
  try {
    const opened = await openRecords(connection, file, { '--id': id, ...wanted }, temp);
    await connection.run(`CREATE TEMP TABLE ${BATCH} AS SELECT * FROM ${opened.relation} ORDER BY ${identifier(id)}`);
    const ids = await idsOf(connection, file, id);
    return await work({ connection, file: { ...opened, relation: BATCH }, ids, temp });
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(temp, { recursive: true, force: true });
  }
}

async function idsOf(connection: DuckDBConnection, file: string, id: string): Promise<string[]> {
  const result = await connection.runAndReadAll(`SELECT ${identifier(id)} FROM ${BATCH}`);
  const ids = (result.getColumnsJS()[0] ?? []) as (string | null)[];
  const unnamed = ids.filter((own) => own === null || own === '').length;
  if (unnamed > 0) {
    const message = `--id: ${unnamed} records of ${file} have no "${id}"; give the column that names every record`;
    throw new HubError('RECORD_UNNAMED', message, { field: '--id' });
  }
  const twice = ids.find((own, index) => own === ids[index + 1]);
  if (twice !== undefined) {
    const message = `--id: ${file} has more than one record whose "${id}" is "${twice}"; give each record once`;
    throw new HubError('RECORD_TWICE', message, { field: '--id' });
  }
  return ids as string[];
}

/**
 * What some records say.
 *
 * @param id the column that names a record
 * @param names the records
 * @returns by record, its values in the order of the columns
 */
export async function valuesOf(
  { connection }: Pick<RecordBatch, 'connection'>,
  id: string,
  columns: readonly string[],
  names: readonly string[],
): Promise<Map<string, (string | null)[]>> {
  const told = [id, ...columns].map(identifier).join(', ');
  const wanted = names.map(literal).join(', ');
  const sql = `SELECT ${told} FROM ${BATCH} WHERE list_contains([${wanted}]::VARCHAR[], ${identifier(id)})`;
  const rows = (await connection.runAndReadAll(sql)).getRowsJS() as (string | null)[][];
  return new Map(rows.map(([name, ...values]) => [name!, values]));
}
