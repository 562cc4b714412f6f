import type { JourneyCut } from '../../../schemas/frequency';
import { literal } from '../../../core/sql/quote';
import type { EventsRelation, LoadedEvents } from './events-relation';

/**
 * The SQL of the one-shot analyzer. Its tables, all temporary:
 * - `parsed` (customer, time, event): the rows of a file that must be parsed; `rowid` is the file's order
 * - `alphabet` (type): the step types; a step's letter is its number in code-point order
 * - `anchors` (customer, number, time): customers who had the event of interest, numbered from 0, with the time of the
 *   first one
 * - `tied` (number): those customers for whom times alone do not decide
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

export function anchorsSql(events: LoadedEvents, eventOfInterest: string): string {
  const { customer, time, event } = events.relation;
  return `CREATE TEMP TABLE anchors AS
SELECT customer, (row_number() OVER () - 1)::INTEGER AS number, time
FROM (SELECT ${customer} AS customer, min(${time}) AS time FROM ${usableRows(events)}
  WHERE ${event} = ${literal(eventOfInterest)} GROUP BY ALL)`;
}

/**
 * The steps nearest to the anchor, the nearest first, each packed into one BIGINT: time from the anchor in the upper
 * bits, letter in the lower `letterBits`. One step more than asked for, to see whether equal times make it ambiguous.
 * Keeping the n least of one integer is what DuckDB does fastest; it knows nothing of the file's order.
 */
export function packedWindowsSql(events: LoadedEvents, { as, steps }: Question, letterBits: number): string {
  const { timeNumber } = events.relation;
  const distance = `(${timeNumber('events.time')} - ${timeNumber('anchors.time')})`;
  const packed = `${distance} * ${2 ** letterBits} + ${letterSql(events)}`;
  return `SELECT number, ${as === 'end' ? 'max' : 'min'}(${packed}, ${steps + 1}) AS nearest
FROM ${selectEvents(events)} JOIN anchors USING (customer)
WHERE events.time ${as === 'end' ? '<=' : '>='} anchors.time
GROUP BY number`;
}

/** The same for the customers in `tied`, exactly: equal times are in the file's order. Some three times as slow. */
export function exactWindowsSql(events: LoadedEvents, { event, as, steps }: Question): string {
  const [nearest, side] = as === 'end' ? ['max', '<'] : ['min', '>'];
  const step = `{'time': events.time, 'line': events.line, 'letter': ${letterSql(events)}}`;
  return `WITH first_event AS (
  SELECT customer, number, anchors.time, min(line) AS line
  FROM ${selectEvents(events)} JOIN anchors USING (customer)
  WHERE number IN (SELECT number FROM tied) AND events.time = anchors.time AND events.event = ${literal(event)}
  GROUP BY ALL
)
SELECT number, list_transform(${nearest}(${step}, ${steps}), lambda step: step.letter) AS nearest
FROM ${selectEvents(events)} JOIN first_event USING (customer)
WHERE events.time ${side} first_event.time
  OR (events.time = first_event.time AND events.line ${side}= first_event.line)
GROUP BY number`;
}

type Question = Pick<JourneyCut, 'event' | 'as' | 'steps'>;

function selectEvents(events: LoadedEvents): string {
  const { customer, time, event, line } = events.relation;
  return `(SELECT ${customer} AS customer, ${time} AS time, ${event} AS event, ${line} AS line
  FROM ${usableRows(events)}) AS events`;
}

/** Looking for rows to ignore where there are none would cost half as much again. */
function usableRows({ relation, ignoredRows }: LoadedEvents): string {
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
function letterSql({ relation: { isColumnar }, alphabet }: LoadedEvents): string {
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
