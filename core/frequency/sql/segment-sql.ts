import type { CustomerSegment } from '../../../schemas/frequency';
import { letterOf } from '../../journeys/letter-of';
import type { SqlDialect } from '../../sql/dialects';
import type { JourneyCatalog } from './sql-view';

/**
 * The customers (`customer_id`) in a segment, as far as their steps tell; undefined when everybody is.
 *
 * @param admitted a query for the customers (`customer_id`) whom other conditions let pass
 * @throws HubError `EVENT_UNKNOWN` naming the field
 */
export function segmentSql(
  { alphabet }: JourneyCatalog,
  { had, hadNot, activeFrom, activeUntil }: CustomerSegment,
  dialect: SqlDialect,
  admitted?: string,
): string | undefined {
  const who = (condition: string) => `(SELECT customer_id FROM (${dialect.journeySteps}) AS step WHERE ${condition})`;
  const whoHad = (step: string, field: string) => who(`code = ${letterOf({ alphabet }, step, `segment.${field}`)}`);
  const active = [
    ...(activeFrom === undefined ? [] : [`at_ms >= ${Date.parse(activeFrom)}`]),
    ...(activeUntil === undefined ? [] : [`at_ms < ${Date.parse(activeUntil)}`]),
  ];
  const conditions = [
    ...had.map((step, index) => `customer_id IN ${whoHad(step, `had.${index}`)}`),
    ...hadNot.map((step, index) => `customer_id NOT IN ${whoHad(step, `hadNot.${index}`)}`),
    ...(active.length === 0 ? [] : [`customer_id IN ${who(active.join(' AND '))}`]),
    ...(admitted === undefined ? [] : [`customer_id IN (${admitted})`]),
  ];
  if (conditions.length === 0) return undefined;
  return `SELECT customer_id FROM (${dialect.journeyCustomers}) AS customer WHERE ${conditions.join('\n  AND ')}`;
}
