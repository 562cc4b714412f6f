import { HubError } from '../errors';
import type { Kpi } from '../../schemas/kpi';
import type { KpiPoint, KpiScope } from '../../schemas/kpi-report';
import { expectationOf } from './anomaly';

/** A row of `kpi_values`: `dimensions` has the values of the KPI's filters, in their order. */
export interface KpiRow {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly dimensions: readonly string[];
  readonly numerator: number;
  readonly denominator: number | null;
}

export type Grain = 'day' | 'week' | 'month';

export interface SeriesQuestion {
  /** The first and the last day, both included. */
  readonly from: string;
  readonly to: string;
  readonly grain: Grain;
  readonly by?: string;
}

export interface KpiSeries {
  readonly of: string | null;
  readonly points: KpiPoint[];
}

/**
 * The rows that a scope lets one see, of which some are asked for.
 *
 * @throws HubError KPI_OUT_OF_SCOPE where the KPI cannot tell apart what the scope does; FILTER_UNKNOWN naming those that there are
 */
export function visibleRows(kpi: Kpi, rows: readonly KpiRow[], scope: KpiScope, asked: KpiScope): KpiRow[] {
  const conditions = [
    ...Object.entries(scope).map(([filter, values]) => [placeOf(kpi, filter, 'KPI_OUT_OF_SCOPE'), values] as const),
    ...Object.entries(asked).map(([filter, values]) => [placeOf(kpi, filter, 'FILTER_UNKNOWN'), values] as const),
  ];
  return rows.filter(({ dimensions }) => conditions.every(([place, values]) => values.includes(dimensions[place]!)));
}

function placeOf(kpi: Kpi, filter: string, code: 'KPI_OUT_OF_SCOPE' | 'FILTER_UNKNOWN'): number {
  const place = kpi.filters.indexOf(filter);
  if (place >= 0) return place;
  const there = kpi.filters.length === 0 ? 'it has no filters' : `its filters are ${kpi.filters.join(', ')}`;
  throw new HubError(code, `${filter}: ${kpi.id} cannot be told by ${filter}; ${there}`, { field: filter });
}

/**
 * A KPI over time, a series for each value of a filter, or one.
 *
 * @param rows those that may be seen; rows before `from` are what expectations are made of
 */
export function kpiSeries(kpi: Kpi, rows: readonly KpiRow[], { from, to, grain, by }: SeriesQuestion): KpiSeries[] {
  const place = by === undefined ? undefined : placeOf(kpi, by, 'FILTER_UNKNOWN');
  const groups = new Map<string | null, KpiRow[]>(place === undefined ? [[null, []]] : []);
  for (const row of rows) {
    const of = place === undefined ? null : row.dimensions[place]!;
    const own = groups.get(of);
    if (own === undefined) groups.set(of, [row]);
    else own.push(row);
  }
  const sorted = [...groups].sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
  return sorted.map(([of, own]) => ({ of, points: pointsOf(kpi, own, { from, to, grain }) }));
}

/** Over all days at once; null where there is nothing to compute it from. */
export function kpiTotal(kpi: Kpi, rows: readonly KpiRow[], from: string, to: string): number | null {
  return valueOf(
    kpi,
    rows.filter(({ day }) => day >= from && day <= to),
  );
}

function pointsOf(kpi: Kpi, rows: readonly KpiRow[], { from, to, grain }: Omit<SeriesQuestion, 'by'>): KpiPoint[] {
  const periods = new Map<string, KpiRow[]>();
  for (const row of rows) {
    const at = periodOf(row.day, grain);
    const own = periods.get(at);
    if (own === undefined) periods.set(at, [row]);
    else own.push(row);
  }
  const values = new Map([...periods].map(([at, own]) => [at, valueOf(kpi, own)] as const));
  const shown = [...values.keys()].filter((at) => at >= periodOf(from, grain) && at <= to).sort();
  return shown.map((at) => {
    const value = values.get(at) ?? null;
    if (grain !== 'day' || value === null) return { at, value };
    return { at, value, ...expectationOf(value, (days) => values.get(daysBefore(at, days)) ?? null) };
  });
}

function valueOf(kpi: Kpi, rows: readonly KpiRow[]): number | null {
  const last = rows.reduce((newest, { day }) => (day > newest ? day : newest), '');
  const counted = kpi.over === 'last' ? rows.filter(({ day }) => day === last) : rows;
  if (counted.length === 0) return null;
  const numerator = counted.reduce((sum, row) => sum + row.numerator, 0);
  if (counted.every(({ denominator }) => denominator === null)) return numerator;
  const denominator = counted.reduce((sum, row) => sum + (row.denominator ?? 0), 0);
  return denominator === 0 ? null : numerator / denominator;
}

const DAY_MS = 86_400_000;
const MONDAY = 1;

/** The first day of the week (Monday), or month, that a day is in. */
function periodOf(day: string, grain: Grain): string {
  if (grain === 'day') return day;
  if (grain === 'month') return `${day.slice(0, 8)}01`;
  return daysBefore(day, (new Date(`${day}T00:00Z`).getUTCDay() - MONDAY + 7) % 7);
}

export function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
}
