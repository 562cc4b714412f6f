import type { SqlDialect } from './dialects';
import { constant } from './word-table';

/** Redshift, and PostgreSQL: neither has arrays to unnest in common, so the KPI store keeps journeys a step a row. */
export const redshiftDialect: SqlDialect = {
  name: 'redshift',
  fence: ' OFFSET 0',
  journeySteps: 'SELECT customer_id, place, code, at_ms, channel FROM journey_steps',
  journeyCustomers: 'SELECT DISTINCT customer_id FROM journey_steps',
  constants: (columns, rows) =>
    rows
      .map((row) => `SELECT ${row.map((value, index) => `${constant(value)} AS ${columns[index]}`).join(', ')}`)
      .join(' UNION ALL '),
};
