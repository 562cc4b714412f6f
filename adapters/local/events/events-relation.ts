import type { DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import { didYouMean } from '../../../core/text/closest-name';
import { identifier, literal } from '../../../core/sql/quote';
import { readCsvHeader } from './events-file';
import type { EventsFile } from './events-file';
import { readable } from './file-errors';
import { timeKey } from './time-key';

/** Which columns of the file say who, when and what. */
export interface EventColumns {
  readonly customer: string;
  readonly time: string;
  readonly event: string;
}

/** A file as something to select from, with SQL expressions for what the analyzer needs of each row. */
export interface EventsRelation {
  readonly from: string;
  readonly customer: string;
  /** Orders as the times do. As the file has it where possible: converting every row's time takes long. */
  readonly time: string;
  /** The SQL of such a time as BIGINT or DOUBLE, in some unit; NULL for one that cannot be read. */
  readonly timeNumber: (time: string) => string;
  /** Aggregates: the earliest and latest time, NULL if a time cannot be read; `undefined` if they do not show that. */
  readonly timeBounds: readonly [string, string] | undefined;
  readonly event: string;
  /** The row's place in the file. */
  readonly line: string;
  /** Whether reading it again costs little: columns stored apart, no parsing. */
  readonly isColumnar: boolean;
}

export interface TimeBounds {
  readonly earliest: bigint;
  /** From the earliest to the latest, in the unit of the times. */
  readonly span: bigint;
}

/** The events of a file, ready to be asked about. */
export interface LoadedEvents {
  readonly file: EventsFile;
  readonly relation: EventsRelation;
  readonly rows: number;
  /** Rows without a customer, an event, or a readable time. */
  readonly ignoredRows: number;
  /** The times of the earliest and the latest event; `undefined` when times are not whole numbers. */
  readonly bounds: TimeBounds | undefined;
  /** Step types in code-point order; a step's letter is its index. */
  readonly alphabet: readonly string[];
}

/**
 * Finds the columns, and how to read the times.
 *
 * @throws HubError `COLUMN_MISSING` with the columns there are, `COLUMN_TYPE` for a time column of another type,
 * `TIME_UNREADABLE` for text that is neither ISO 8601 nor a number, `FILE_UNREADABLE`
 */
export async function relationOf(
  connection: DuckDBConnection,
  file: EventsFile,
  columns: EventColumns,
): Promise<EventsRelation> {
  const { from, types } = await scanOf(connection, file, columns);
  const key = await timeKey(connection, from, columns.time, types.get(columns.time) as string, file.name);
  const time = identifier(columns.time);
  return {
    from,
    customer: identifier(columns.customer),
    time: key.isTotal ? time : key.of(time),
    timeNumber: key.isTotal ? key.of : (number) => number,
    timeBounds: key.isTotal ? [key.of(`min(${time})`), key.of(`max(${time})`)] : undefined,
    event: types.get(columns.event) === 'VARCHAR' ? identifier(columns.event) : `${identifier(columns.event)}::VARCHAR`,
    line: ROW_NUMBER,
    isColumnar: file.format === 'parquet' && !types.has(ROW_NUMBER),
  };
}

/** DuckDB's name for the number of a row in a Parquet file, unless a column of the file has that name. */
const ROW_NUMBER = 'file_row_number';

interface Scan {
  readonly from: string;
  /** SQL type by column name. */
  readonly types: ReadonlyMap<string, string>;
}

function scanOf(connection: DuckDBConnection, file: EventsFile, columns: EventColumns): Promise<Scan> {
  if (file.format === 'csv') return scanCsv(file, columns);
  return file.format === 'ndjson' ? scanJson(connection, file, columns) : scanParquet(connection, file, columns);
}

/** Every setting is given, so that nothing is guessed from a sample: a row that does not fit is an error with its line. */
async function scanCsv(file: EventsFile, columns: EventColumns): Promise<Scan> {
  const header = await readCsvHeader(file, Object.values(columns));
  requireColumns(file, columns, header.columns);
  const names = uniqueNames(header.columns);
  const types = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
  return {
    from: `read_csv(${literal(file.path)}, auto_detect = false, header = true, delim = ${literal(header.delimiter)}, quote = '"', escape = '"', columns = {${types}})`,
    types: new Map(names.map((name) => [name, 'VARCHAR'])),
  };
}

/** DuckDB tells names apart without letter case: later ones that collide, and are not asked for, get a number. */
function uniqueNames(columns: readonly string[]): string[] {
  const taken = new Set<string>();
  return columns.map((column, index) => {
    const name = column === '' || taken.has(column.toLowerCase()) ? `${column}#${index + 1}` : column;
    taken.add(name.toLowerCase());
    return name;
  });
}

/** Values are read as text, so that a type guessed from the first rows cannot reject a later one. */
async function scanJson(connection: DuckDBConnection, file: EventsFile, columns: EventColumns): Promise<Scan> {
  const wanted = [...new Set(Object.values(columns))];
  const sampled = await describe(connection, file, `read_json(${literal(file.path)}, maximum_depth = 1)`);
  const found = wanted.every((column) => sampled.has(column))
    ? sampled
    : await describe(connection, file, `read_json(${literal(file.path)}, maximum_depth = 1, sample_size = -1)`);
  requireColumns(file, columns, [...found.keys()]);
  const types = wanted.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
  return {
    from: `read_json(${literal(file.path)}, columns = {${types}})`,
    types: new Map(wanted.map((name) => [name, 'VARCHAR'])),
  };
}

async function scanParquet(connection: DuckDBConnection, file: EventsFile, columns: EventColumns): Promise<Scan> {
  const from = `read_parquet(${literal(file.path)}, binary_as_string = true)`;
  const types = await describe(connection, file, from);
  requireColumns(file, columns, [...types.keys()]);
  return { from, types };
}

async function describe(connection: DuckDBConnection, file: EventsFile, from: string): Promise<Map<string, string>> {
  const reader = await readable(file.name, () => connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`));
  return new Map(reader.getRowsJS().map(([name, type]) => [String(name), String(type)]));
}

const COLUMN_OPTIONS = { customer: '--customer-col', time: '--time-col', event: '--event-col' } as const;

function requireColumns(file: EventsFile, columns: EventColumns, found: readonly string[]): void {
  for (const role of ['customer', 'time', 'event'] as const) {
    const name = columns[role];
    if (found.includes(name)) continue;
    throw new HubError(
      'COLUMN_MISSING',
      `${file.name} has no column "${name}"${didYouMean(name, found)}; it has: ${found.join(', ')}. Set ${COLUMN_OPTIONS[role]}`,
      { field: role },
    );
  }
}
