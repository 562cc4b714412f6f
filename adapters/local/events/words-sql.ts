import type { LoadedEvents } from './events-relation';
import { letterSql, selectEvents, usableRows } from './events-sql';

/** The temporary table `people` (customer, number, steps): customers, numbered from 0 in their order. */
export function peopleSql(events: LoadedEvents): string {
  const { customer } = events.relation;
  return `CREATE TEMP TABLE people AS
SELECT customer, (row_number() OVER (ORDER BY customer) - 1)::INTEGER AS number, steps
FROM (SELECT ${customer} AS customer, count(*)::INTEGER AS steps FROM ${usableRows(events)} GROUP BY ALL)`;
}

export const readPeopleSql = 'SELECT customer::VARCHAR, steps FROM people ORDER BY number';

/**
 * The customer's number, letter, time since the earliest and line of every event, in the file's order if DuckDB keeps it.
 */
export function eventsOfPeopleSql(events: LoadedEvents, earliest: bigint): string {
  const time = `(${events.relation.timeNumber('events.time')} - (${earliest}))::DOUBLE`;
  return `SELECT number, ${letterSql(events)} AS letter, ${time} AS time, events.line::DOUBLE AS line
FROM ${selectEvents(events)} JOIN people USING (customer)`;
}

/** The customer's number and letter of every event, in the order of time. */
export function eventsInOrderSql(events: LoadedEvents): string {
  return `SELECT number, ${letterSql(events)} AS letter
FROM ${selectEvents(events)} JOIN people USING (customer)
ORDER BY events.time, events.line`;
}
