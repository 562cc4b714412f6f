import type { JourneyCut } from '../../../schemas/frequency';
import { literal } from '../../../core/sql/quote';
import type { LoadedEvents } from '../events/events-relation';
import { letterSql, selectEvents, usableRows } from '../events/events-sql';

/**
 * The SQL of the one-shot frequency analyzer. Its tables, all temporary:
 * - `anchors` (customer, number, time): customers who had the event of interest, numbered from 0, with the time of the
 *   first one
 * - `tied` (number): those customers for whom times alone do not decide
 */

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
