import { literal } from '../../../core/sql/quote';
import type { EventsRelation } from './events-relation';
import type { LoadedEvents } from './load-events';

/**
 * The SQL of the one-shot analyzer. Its tables, all temporary:
 * - `parsed` (customer, time, event): the rows of a file that must be parsed; `rowid` is the file's order
 * - `alphabet` (type): the step types; a step's letter is its number in code-point order
 * - `owners` (customer, number): customers who had the event of interest, numbered from 0
 */

export function parseSql({ from, customer, time, event }: EventsRelation): string {
  return `CREATE TEMP TABLE parsed AS SELECT ${customer} AS customer, ${time} AS time, ${event} AS event FROM ${from}`;
}

/** `parseSql`'s table as something to select from. */
export const parsedRelation: EventsRelation = {
  from: 'parsed',
  customer: 'customer',
  time: 'time',
  timeBounds: undefined,
  event: 'event',
  line: 'rowid',
  isColumnar: false,
};

export function alphabetSql({ from, event }: EventsRelation): string {
  return `CREATE TEMP TABLE alphabet AS SELECT DISTINCT ${event} AS type FROM ${from} WHERE ${event} IS NOT NULL`;
}

export const readAlphabetSql = 'SELECT type FROM alphabet ORDER BY type';

export const letterTypeSql = 'CREATE TYPE letter AS ENUM (SELECT type FROM alphabet ORDER BY type)';

export function ownersSql({ from, customer, event }: EventsRelation, eventOfInterest: string): string {
  return `CREATE TEMP TABLE owners AS
SELECT customer, (row_number() OVER () - 1)::INTEGER AS number
FROM (SELECT DISTINCT ${customer} AS customer FROM ${from}
  WHERE ${event} = ${literal(eventOfInterest)} AND ${customer} IS NOT NULL)`;
}

/** All events of the owners whose number leaves `remainder` when divided by `parts`, in no particular order. */
export function eventsSql(
  { relation: { from, customer, time, event, line, isColumnar }, alphabet, timeType }: LoadedEvents,
  parts: number,
  remainder: number,
): string {
  const owners = parts === 1 ? 'owners' : `(SELECT * FROM owners WHERE number % ${parts} = ${remainder})`;
  return `SELECT number, time::${timeType} AS time, line::DOUBLE AS line, ${letterSql('event', alphabet, isColumnar)} AS letter
FROM (SELECT ${customer} AS customer, ${time} AS time, ${event} AS event, ${line} AS line FROM ${from})
JOIN ${owners} AS owners USING (customer)
WHERE time IS NOT NULL AND event IS NOT NULL`;
}

/**
 * A text's letter, by the ENUM `letter`. Where `isDictionaryEncoded`, as columns of Parquet files mostly are, a search
 * in a list is faster: DuckDB applies functions, but not casts, once an entry of the dictionary instead of once a row.
 */
function letterSql(event: string, alphabet: readonly string[], isDictionaryEncoded: boolean): string {
  const isListable = alphabet.length <= LONGEST_LIST && !alphabet.some((type) => type.includes('\0'));
  return isDictionaryEncoded && isListable
    ? `(list_position([${alphabet.map(literal).join(', ')}], ${event}) - 1)::USMALLINT`
    : `enum_code(${event}::letter)::USMALLINT`;
}

/** The entries of the list are compared one by one. */
const LONGEST_LIST = 256;

/** Rows; those that lack a customer, an event or a readable time; the earliest and latest time. */
export function countRowsSql({ from, customer, time, event }: EventsRelation): string {
  return `SELECT count(*), count(*) FILTER (${customer} IS NULL OR ${event} IS NULL OR ${time} IS NULL),
  min(${time}), max(${time}) FROM ${from}`;
}

/** The rows and nulls of a Parquet file by its statistics alone: no row, or NULL, where they do not tell. */
export function parquetNullsSql(path: string, columns: readonly string[]): string {
  return `SELECT sum(num_values)::BIGINT // count(DISTINCT path_in_schema),
  CASE WHEN count(stats_null_count) = count(*) THEN sum(stats_null_count)::BIGINT END
FROM parquet_metadata(${literal(path)}) WHERE path_in_schema IN (${columns.map(literal).join(', ')})`;
}

/** The earliest and latest time; DuckDB answers it from a Parquet file's statistics. */
export function timeBoundsSql({ from }: EventsRelation, [earliest, latest]: readonly [string, string]): string {
  return `SELECT ${earliest}, ${latest} FROM ${from}`;
}
