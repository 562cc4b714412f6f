import type { DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import { identifier } from '../../../core/sql/quote';
import { readable } from './file-errors';

/**
 * A SQL expression that turns a column of times into numbers that order as the times do. Its unit differs by type
 * (microseconds for dates and timestamps, nanoseconds for TIMESTAMP_NS, the number itself for numbers): only the order
 * is used. A text without an offset is taken as UTC. NULL for infinite times, NaN, and text that cannot be read.
 *
 * @param type the column's SQL type
 * @throws HubError `COLUMN_TYPE`, `TIME_UNREADABLE`
 */
export async function timeKey(
  connection: DuckDBConnection,
  from: string,
  column: string,
  type: string,
  fileName: string,
): Promise<string> {
  const value = identifier(column);
  if (type === 'VARCHAR') return textKey(connection, from, value, column, fileName);
  const key = typedKey(value, type);
  if (key !== undefined) return key;
  throw new HubError(
    'COLUMN_TYPE',
    `the column "${column}" of ${fileName} is ${type}, not a time; name a column of timestamps, dates, ISO 8601 text or epoch numbers with --time-col`,
    { field: 'time' },
  );
}

function typedKey(value: string, type: string): string | undefined {
  if (type === 'TIMESTAMP_NS') return `CASE WHEN isfinite(${value}) THEN epoch_ns(${value}) END`;
  if (type.startsWith('TIMESTAMP')) return `epoch_us(${value})`;
  if (type === 'DATE') return `epoch_us(${value}::TIMESTAMP)`;
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return `TRY_CAST(${value} AS BIGINT)`;
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(type)) return finite(`${value}::DOUBLE`);
  return undefined;
}

/** TIMESTAMPTZ, because a cast to TIMESTAMP drops the offset of `…+02:00` without a word. */
const AS_TIMESTAMP = (value: string) => `epoch_us(TRY_CAST(${value} AS TIMESTAMPTZ))`;
const AS_INTEGER = (value: string) => `TRY_CAST(${value} AS BIGINT)`;
const AS_NUMBER = (value: string) => finite(`TRY_CAST(${value} AS DOUBLE)`);

function finite(number: string): string {
  return `CASE WHEN isfinite(${number}) THEN ${number} END`;
}

/** Text is read in the one way that fits most of the first values: numbers of unknown unit and dates never mix. */
async function textKey(
  connection: DuckDBConnection,
  from: string,
  value: string,
  column: string,
  fileName: string,
): Promise<string> {
  const reader = await readable(fileName, () =>
    connection.runAndReadAll(
      `SELECT count(*), count(${AS_TIMESTAMP('text')}), count(${AS_NUMBER('text')}),
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
  if ((timestamps as bigint) >= (numbers as bigint)) return AS_TIMESTAMP(value);
  return integers === numbers ? AS_INTEGER(value) : AS_NUMBER(value);
}
