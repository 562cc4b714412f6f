import { HubError } from '../errors';
import type { Kpi } from '../../schemas/kpi';
import type { KpiRow } from './kpi-series';

/** What is computed of a KPI: from a day on, YYYY-MM-DD, up to another that is not included. */
export interface KpiSpan {
  readonly from: string;
  readonly to: string;
}

/** The values of the names that a query has: engines refuse others. */
export function parametersOf(kpi: Kpi, { from, to }: KpiSpan): Record<string, string | number> {
  const defaults = Object.entries(kpi.parameters).map(([name, parameter]) => [name, parameter.default] as const);
  const given = [['from', from], ['to', to], ...defaults] as const;
  return Object.fromEntries(given.filter(([name]) => new RegExp(`\\$${name}\\b`).test(kpi.sql)));
}

/**
 * What a KPI's query gave, as rows that are kept.
 *
 * @throws HubError KPI_INVALID, which names the file and what is missing
 */
export function readKpiRows(kpi: Kpi, rows: readonly Readonly<Record<string, unknown>>[]): KpiRow[] {
  return rows.map((row) => {
    const column = (name: string) => {
      if (Object.hasOwn(row, name)) return row[name];
      throw invalid(kpi, `expected a column "${name}"; there are ${Object.keys(row).join(', ')}`);
    };
    const day = column('day');
    if (!(day instanceof Date)) throw invalid(kpi, `day: expected a date, such as CAST(occurred_at AS DATE)`);
    const isRate = !Object.hasOwn(row, 'value');
    return {
      day: day.toISOString().slice(0, 10),
      dimensions: kpi.filters.map((filter) => textOf(column(filter))),
      numerator: numberOf(kpi, isRate ? 'numerator' : 'value', column(isRate ? 'numerator' : 'value')),
      denominator: isRate ? numberOf(kpi, 'denominator', column('denominator')) : null,
    };
  });
}

/** Of the sixteen that a double has. */
const EXACT_DIGITS = 12;

function textOf(value: unknown): string {
  return value === null || value === undefined ? 'unknown' : String(value);
}

function numberOf(kpi: Kpi, name: string, value: unknown): number {
  const number = value === null ? 0 : Number(value);
  // Engines add in different orders: what they differ by is none of the value.
  if (Number.isFinite(number)) return Number(number.toPrecision(EXACT_DIGITS));
  throw invalid(kpi, `${name}: expected numbers, found "${String(value)}"`);
}

function invalid(kpi: Kpi, message: string): HubError {
  return new HubError('KPI_INVALID', `kpis/${kpi.id}.sql: ${message}`);
}
