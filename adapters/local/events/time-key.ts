import type { DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import { identifier } from '../../../core/sql/quote';
import { readable } from './file-errors';

/** How a column of times is turned into numbers that order as the times do; only their order is used. */
export interface TimeKey {
  /**
   * The SQL of a value's key: microseconds for dates and timestamps, nanoseconds for TIMESTAMP_NS, the number itself for
   * numbers. NULL for infinite times, NaN, and text that cannot be read. A text without an offset is taken as UTC.
   */
  readonly of: (value: string) => string;
  /** Whether every finite value has a key, and keys order as the values do. */
  readonly isTotal: boolean;
}

/**
 * @param type the column's SQL type
 * @throws HubError `COLUMN_TYPE`, `TIME_UNREADABLE`
 */
export async function timeKey(
  connection: DuckDBConnection,
  from: string,
  column: string,
  type: string,
  fileName: string,
): Promise<TimeKey> {
  if (type === 'VARCHAR') return { of: await textKey(connection, from, column, fileName), isTotal: false };
  const key = typedKey(type);
  if (key !== undefined) return key;
  throw new HubError(
    'COLUMN_TYPE',
    `the column "${column}" of ${fileName} is ${type}, not a time; name a column of timestamps, dates, ISO 8601 text or epoch numbers with --time-col`,
    { field: 'time' },
  );
}

function typedKey(type: string): TimeKey | undefined {
  if (type === 'TIMESTAMP_NS') return total((value) => `CASE WHEN isfinite(${value}) THEN epoch_ns(${value}) END`);
  if (type.startsWith('TIMESTAMP')) return total((value) => `epoch_us(${value})`);
  if (type === 'DATE') return total((value) => `epoch_us(${value}::TIMESTAMP)`);
  if (/^(TINYINT|SMALLINT|INTEGER|BIGINT|U(TINYINT|SMALLINT|INTEGER))$/.test(type))
    return total((value) => `${value}::BIGINT`);
  if (/^(UBIGINT|U?HUGEINT)$/.test(type)) return { of: asInteger, isTotal: false };
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(type)) return { of: (value) => finite(`${value}::DOUBLE`), isTotal: false };
  return undefined;
}

function total(of: TimeKey['of']): TimeKey {
  return { of, isTotal: true };
}

/** By way of TIMESTAMPTZ, because a cast to TIMESTAMP drops the offset of `…+02:00` without a word. */
function asTimestamp(value: string): string {
  return `epoch_us(TRY_CAST(${value} AS TIMESTAMPTZ))`;
}

function asInteger(value: string): string {
  return `TRY_CAST(${value} AS BIGINT)`;
}

function asNumber(value: string): string {
  return finite(`TRY_CAST(${value} AS DOUBLE)`);
}

function finite(number: string): string {
  return `CASE WHEN isfinite(${number}) THEN ${number} END`;
}

/** Text is read in the one way that fits most of the first values: numbers of unknown unit and dates never mix. */
async function textKey(
  connection: DuckDBConnection,
  from: string,
  column: string,
  fileName: string,
): Promise<TimeKey['of']> {
  const value = identifier(column);
  const reader = await readable(fileName, () =>
    connection.runAndReadAll(
      `SELECT count(*), count(${asTimestamp('text')}), count(${asNumber('text')}),
        count(*) FILTER (TRY_CAST(text AS DOUBLE) = TRY_CAST(text AS BIGINT)), min(text)
      FROM (SELECT ${value} AS text FROM ${from} WHERE ${value} IS NOT NULL LIMIT 10000)`,
    ),
  );
  const [texts, timestamps, numbers, integers, example] = reader.getRowsJS()[0] as (bigint | string)[];
  if (texts !== 0n && timestamps === 0n && numbers === 0n) {
    throw new HubError(
      'TIME_UNREADABLE',
      `no time can be read from the column "${column}" of ${fileName}, e.g. "${example}"; expected ISO 8601 (2024-01-31T12:00:00Z) or epoch numbers`,
      { field: 'time' },
    );
  }
  if ((timestamps as bigint) >= (numbers as bigint)) return asTimestamp;
  return integers === numbers ? asInteger : asNumber;
}
