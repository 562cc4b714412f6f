import { literal } from '../../../core/sql/quote';
import type { EventsRelation, LoadedEvents } from './events-relation';

/**
 * The SQL over a file of events. Its tables, all temporary:
 * - `parsed` (customer, time, event): the rows of a file that must be parsed; `rowid` is the file's order
 * - `alphabet` (type): the step types; a step's letter is its number in code-point order
 */

export function parseSql({ from, customer, time, timeNumber, event }: EventsRelation): string {
  return `CREATE TEMP TABLE parsed AS
SELECT ${customer} AS customer, ${timeNumber(time)} AS time, ${event} AS event FROM ${from}`;
}

/** `parseSql`'s table as something to select from. */
export const parsedRelation: EventsRelation = {
  from: 'parsed',
  customer: 'customer',
  time: 'time',
  timeNumber: (time) => time,
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

/** The usable events with their place in the file. */
export function selectEvents(events: LoadedEvents): string {
  const { customer, time, event, line } = events.relation;
  return `(SELECT ${customer} AS customer, ${time} AS time, ${event} AS event, ${line} AS line
  FROM ${usableRows(events)}) AS events`;
}

/** Rows that are not to be ignored. Looking for some where there are none would cost half as much again. */
export function usableRows({ relation, ignoredRows }: LoadedEvents): string {
  const { from, customer, time, timeNumber, event, line } = relation;
  if (ignoredRows === 0) return from;
  return `(SELECT *, ${line} FROM ${from}
  WHERE ${customer} IS NOT NULL AND ${timeNumber(time)} IS NOT NULL AND ${event} IS NOT NULL) AS usable`;
}

/**
 * An event's letter, by the ENUM `letter`. In columns encoded by dictionary, as those of Parquet files mostly are, a
 * search in a list is faster: DuckDB applies a function of one column, but no cast, once an entry of the dictionary
 * instead of once a row. Both measured faster after the join, on fewer rows, than before.
 */
export function letterSql({ relation: { isColumnar }, alphabet }: LoadedEvents): string {
  const isListable = alphabet.length <= LONGEST_LIST && !alphabet.some((type) => type.includes('\0'));
  return isColumnar && isListable
    ? `(list_position([${alphabet.map(literal).join(', ')}], events.event) - 1)::USMALLINT`
    : 'enum_code(events.event::letter)::USMALLINT';
}

/** The entries of the list are compared one by one. */
const LONGEST_LIST = 256;

/** Rows; those that lack a customer, an event or a readable time; the earliest and latest time. */
export function countRowsSql({ from, customer, time, timeNumber, event }: EventsRelation): string {
  return `SELECT count(*), count(*) FILTER (customer IS NULL OR event IS NULL OR number IS NULL), min(number), max(number)
FROM (SELECT ${customer} AS customer, ${event} AS event, ${timeNumber(time)} AS number FROM ${from})`;
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
