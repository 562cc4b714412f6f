import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import { literal } from '../../../core/sql/quote';
import type { EventsRelation } from './events-relation';

/**
 * The SQL of the one-shot analyzer. Its tables, all temporary:
 * - `alphabet` (type): the step types; a step's letter is its number in code-point order
 * - `events` (customer, time, letter): the file's rows; `rowid` is the file's order
 * - `anchors` (customer, number, time): customers who had the event, numbered from 0, with the time of the first one
 * - `tied` (number): the customers for whom times alone do not decide
 */

/** Loads rows that must be parsed. */
export function parseSql({ from, customer, time, event }: EventsRelation): string {
  return `CREATE TEMP TABLE parsed AS SELECT ${customer} AS customer, ${time} AS time, ${event} AS event FROM ${from}`;
}

export const alphabetSql = ({ from, event }: EventsRelation): string =>
  `CREATE TEMP TABLE alphabet AS SELECT DISTINCT ${event} AS type FROM ${from} WHERE ${event} IS NOT NULL`;

export const readAlphabetSql = 'SELECT type FROM alphabet ORDER BY type';

export const letterTypeSql = 'CREATE TYPE letter AS ENUM (SELECT type FROM alphabet ORDER BY type)';

/**
 * A text's letter, by the ENUM `letter`. Where `isDictionaryEncoded`, as columns of Parquet files mostly are, a search
 * in a list is faster: DuckDB applies functions, but not casts, once an entry of the dictionary instead of once a row.
 */
export function letterSql(event: string, alphabet: readonly string[], isDictionaryEncoded: boolean): string {
  const isListable =
    alphabet.length > 0 && alphabet.length <= LONGEST_LIST && !alphabet.some((type) => type.includes('\0'));
  return isDictionaryEncoded && isListable
    ? `(list_position([${alphabet.map(literal).join(', ')}], ${event}) - 1)::USMALLINT`
    : `enum_code(${event}::letter)::USMALLINT`;
}

/** Each entry is searched for one by one: measured equal to the ENUM at some 500 entries. */
const LONGEST_LIST = 256;

export function eventsSql({ from, customer, time }: EventsRelation, letter: string): string {
  return `CREATE TEMP TABLE events AS SELECT ${customer} AS customer, ${time} AS time, ${letter} AS letter FROM ${from}`;
}

export const eventsSummarySql = `SELECT count(*) AS events, count(customer) AS customers, count(time) AS times,
  count(letter) AS letters, min(time) AS earliest, max(time) AS latest FROM events`;

export const dropUnusableSql = 'DELETE FROM events WHERE customer IS NULL OR time IS NULL OR letter IS NULL';

export const anchorsSql = (letter: number): string => `CREATE TEMP TABLE anchors AS
SELECT customer, (row_number() OVER () - 1)::INTEGER AS number, time
FROM (SELECT customer, min(time) AS time FROM events WHERE letter = ${letter} GROUP BY customer)`;

/**
 * The steps nearest to the anchor, the nearest first, each packed into one BIGINT: time from the anchor in the upper
 * bits, letter in the lower `letterBits`. One step more than asked for, to see whether equal times make it ambiguous.
 * Keeping the n least of one integer is what DuckDB does fastest; it knows nothing of the file's order.
 */
export function packedWindowsSql({ as, steps }: JourneyFrequencyQuestion, letterBits: number): string {
  const packed = `(events.time - anchors.time) * ${2 ** letterBits} + letter`;
  return `SELECT number, ${as === 'end' ? 'max' : 'min'}(${packed}, ${steps + 1}) AS nearest
FROM events JOIN anchors USING (customer)
WHERE events.time ${as === 'end' ? '<=' : '>='} anchors.time
GROUP BY number`;
}

/** The same, exactly: equal times are in the file's order. Two to three times as slow. */
export function exactWindowsSql({ as, steps }: JourneyFrequencyQuestion, letter: number, only: 'tied' | 'all'): string {
  const [nearest, side] = as === 'end' ? ['max', '<'] : ['min', '>'];
  return `WITH first_event AS (
  SELECT anchors.customer, anchors.number, anchors.time, min(events.rowid) AS line
  FROM events JOIN anchors ON events.customer = anchors.customer AND events.time = anchors.time
  WHERE letter = ${letter}${only === 'tied' ? ' AND number IN (SELECT number FROM tied)' : ''}
  GROUP BY ALL
)
SELECT number, list_transform(
  ${nearest}({'time': events.time, 'line': events.rowid, 'letter': letter}, ${steps}), lambda step: step.letter
) AS nearest
FROM events JOIN first_event USING (customer)
WHERE events.time ${side} first_event.time
  OR (events.time = first_event.time AND events.rowid ${side}= first_event.line)
GROUP BY number`;
}
