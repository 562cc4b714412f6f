import type { KpiDialect } from './kpi-dialect';
import { constant } from './word-table';

/** A VARCHAR of no length would have 256 bytes in Redshift. */
const TYPES: Readonly<Record<string, string>> = { VARCHAR: 'VARCHAR(65535)', DOUBLE: 'DOUBLE PRECISION' };

const JOURNEY_STEPS = 'SELECT customer_id, place, code, at_ms, channel FROM journey_steps';

/** Redshift, and PostgreSQL: neither has arrays to unnest in common, so the KPI store keeps journeys a step a row. */
export const redshiftDialect: KpiDialect = {
  name: 'redshift',
  type: (portable) => TYPES[portable] ?? portable,
  daysBetween: (from, to) => `(CAST(${to} AS DATE) - CAST(${from} AS DATE))`,
  hoursBetween: (from, to) => `(CAST(EXTRACT(EPOCH FROM (${to} - ${from})) AS DOUBLE PRECISION) / 3600)`,
  fence: ' OFFSET 0',
  journeySteps: JOURNEY_STEPS,
  // Conditions on codes are conditions on rows there: one more would be another look at the table.
  journeyStepsWith: () => JOURNEY_STEPS,
  stepsAround: ({
    from,
    to,
  }) => `SELECT anchors.customer_id AS customer_id, anchor, anchor_at, place, code, at_ms, channel
  FROM anchors JOIN journey_steps ON journey_steps.customer_id = anchors.customer_id
    AND place >= ${from}${to === undefined ? '' : ` AND place <= ${to}`}`,
  journeyCustomers: 'SELECT DISTINCT customer_id FROM journey_steps',
  constants: (columns, rows) =>
    rows
      .map((row) => `SELECT ${row.map((value, index) => `${constant(value)} AS ${columns[index]}`).join(', ')}`)
      .join(' UNION ALL '),
};
