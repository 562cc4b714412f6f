import type { DuckDBConnection } from '@duckdb/node-api';
import { MAX_ALPHABET, alphabetTooLarge } from '../../../core/journeys/words';
import type { EventsFile } from './events-file';
import { relationOf } from './events-relation';
import type { EventColumns, EventsRelation, LoadedEvents, TimeBounds } from './events-relation';
import {
  alphabetSql,
  countRowsSql,
  letterTypeSql,
  parquetNullsSql,
  parseSql,
  parsedRelation,
  readAlphabetSql,
  timeBoundsSql,
} from './events-sql';
import { emptyFile, readable } from './file-errors';

/**
 * Parses a csv or ndjson file, once, into a table; a Parquet file stays where it is, and is read as often as needed.
 *
 * @throws HubError `FILE_EMPTY`, `FILE_UNREADABLE`, `ALPHABET_TOO_LARGE`, and those of `relationOf`
 */
export async function loadEvents(
  connection: DuckDBConnection,
  file: EventsFile,
  columns: EventColumns,
): Promise<LoadedEvents> {
  const found = await relationOf(connection, file, columns);
  if (!found.isColumnar) await readable(file.name, () => connection.run(parseSql(found)));
  const relation = found.isColumnar ? found : parsedRelation;
  const counts = await countRows(connection, file, relation, columns);
  if (counts.rows === 0) throw emptyFile(file.name);
  return { file, relation, ...counts, alphabet: await readAlphabet(connection, file, relation) };
}

async function readAlphabet(
  connection: DuckDBConnection,
  file: EventsFile,
  relation: EventsRelation,
): Promise<readonly string[]> {
  await readable(file.name, () => connection.run(alphabetSql(relation)));
  const types = (await connection.runAndReadAll(readAlphabetSql)).getRows().map(([type]) => String(type));
  if (types.length > MAX_ALPHABET) throw alphabetTooLarge(types.length);
  await connection.run(letterTypeSql);
  return types;
}

type RowCounts = Pick<LoadedEvents, 'rows' | 'ignoredRows' | 'bounds'>;

async function countRows(
  connection: DuckDBConnection,
  file: EventsFile,
  relation: EventsRelation,
  columns: EventColumns,
): Promise<RowCounts> {
  const complete = await countCompleteRows(connection, file, relation, columns);
  if (complete !== undefined) return complete;
  const [rows, ignoredRows, ...bounds] = await readable(file.name, () => firstRow(connection, countRowsSql(relation)));
  return { rows: Number(rows), ignoredRows: Number(ignoredRows), bounds: boundsOf(bounds) };
}

/** The statistics of a Parquet file mostly tell that no row is to be ignored; looking at all rows takes far longer. */
async function countCompleteRows(
  connection: DuckDBConnection,
  file: EventsFile,
  relation: EventsRelation,
  columns: EventColumns,
): Promise<RowCounts | undefined> {
  if (!relation.isColumnar || relation.timeBounds === undefined) return undefined;
  const [rows, nulls] = await firstRow(connection, parquetNullsSql(file.path, Object.values(columns)));
  if (nulls !== 0n) return undefined;
  const bounds = await firstRow(connection, timeBoundsSql(relation, relation.timeBounds));
  if (bounds.includes(null)) return undefined;
  return { rows: Number(rows), ignoredRows: 0, bounds: boundsOf(bounds) };
}

function boundsOf([earliest, latest]: readonly unknown[]): TimeBounds | undefined {
  const areWhole = typeof earliest === 'bigint' && typeof latest === 'bigint';
  return areWhole ? { earliest, span: latest - earliest } : undefined;
}

async function firstRow(connection: DuckDBConnection, sql: string): Promise<readonly unknown[]> {
  return (await connection.runAndReadAll(sql)).getRows()[0] ?? [];
}
