import { kpiNamed } from '../core/kpis/declared-kpis';
import { daysBefore, kpiSeries, kpiTotal, visibleRows, type KpiRow } from '../core/kpis/kpi-series';
import { literal } from '../core/sql/quote';
import type { Lake, ReadOptions } from '../ports/lake';
import type { DeclaredKpis, Kpi } from '../schemas/kpi';
import {
  kpiQuestion,
  type KpiAbout,
  type KpiAnswer,
  type KpiList,
  type KpiPoint,
  type KpiScope,
} from '../schemas/kpi-report';
import { cancellation } from './context';
import type { Asked } from './questions';

export interface KpiQuestionDependencies {
  readonly lake: Lake;
  readonly kpis: DeclaredKpis;
}

/** What is asked of one KPI; `scope` is what the caller may see, and never from the caller. */
export interface AskedKpi {
  readonly kpi: string;
  readonly scope?: KpiScope;
  readonly from?: string;
  readonly to?: string;
  readonly grain?: string;
  readonly by?: string;
  readonly [filter: string]: unknown;
}

const TREND_DAYS = 30;
const SHOWN_DAYS = 90;
/** What expectations are made of is older than what is shown. */
const EXPECTED_FROM_DAYS = 56;

/** KPIs as they were computed last: nothing is computed when somebody asks. */
export function createKpiQuestionActivities({ lake, kpis: declared }: KpiQuestionDependencies) {
  return {
    /** Every KPI with its newest value, its trend, and when it was refreshed. */
    async listKpis({ lakeVersion }: Asked<object>): Promise<KpiList> {
      const version = lakeVersion ?? (await lake.version());
      const read = { version, signal: cancellation() };
      const [refreshes, values] = await Promise.all([readRefreshes(lake, read), readTotals(lake, read)]);
      const kpis = declared.kpis.map((kpi) => listed(kpi, values.get(kpi.id) ?? [], refreshes.get(kpi.id)));
      return { kpis, problems: [...declared.problems] };
    },

    /**
     * One KPI over time.
     *
     * @throws ZodError, HubError NOT_FOUND, FILTER_UNKNOWN, KPI_OUT_OF_SCOPE naming the field
     */
    async describeKpi({ question, lakeVersion }: Asked<AskedKpi>): Promise<KpiAnswer> {
      const { kpi: id, scope = {}, ...asked } = question;
      const kpi = kpiNamed(declared, id, 'kpi');
      const { from, to, grain, by, ...filters } = kpiQuestion.parse(asked, { reportInput: true });
      const version = lakeVersion ?? (await lake.version());
      const read = { version, signal: cancellation() };
      const [refreshes, all] = await Promise.all([readRefreshes(lake, read), readRows(lake, kpi, read)]);
      const allowed = visibleRows(kpi, all, scope, {});
      const rows = visibleRows(kpi, allowed, {}, askedValues(filters));
      const last = to ?? newestDay(all) ?? new Date().toISOString().slice(0, 10);
      const first = from ?? daysBefore(last, SHOWN_DAYS - 1);
      const known = rows.filter(({ day }) => day >= daysBefore(first, EXPECTED_FROM_DAYS) && day <= last);
      const span = { from: first, to: last, grain, ...(by !== undefined && { by }) };
      return {
        kpi: {
          ...about(kpi, refreshes.get(kpi.id)),
          sql: kpi.sql,
          parameters: kpi.parameters,
          values: Object.fromEntries(kpi.filters.map((name, place) => [name, valuesAt(allowed, place)])),
        },
        from: first,
        to: last,
        grain,
        series: kpiSeries(kpi, known, span),
        total: kpiTotal(kpi, rows, first, last),
      };
    },
  };
}

function askedValues(filters: Readonly<Record<string, unknown>>): KpiScope {
  return Object.fromEntries(
    Object.entries(filters).map(([name, values]) => [
      name,
      Array.isArray(values) ? (values as string[]) : [String(values)],
    ]),
  );
}

type Refresh = KpiAbout['refreshed'];

async function readRefreshes(lake: Lake, read: ReadOptions): Promise<Map<string, Refresh>> {
  const rows = await lake.rows<
    Record<'kpi' | 'from_day' | 'to_day' | 'status', string> & { refreshed_at: Date; reason: string | null }
  >(
    'SELECT kpi, refreshed_at, CAST(from_day AS VARCHAR) AS from_day, CAST(to_day AS VARCHAR) AS to_day, status, reason FROM kpi_runs',
    read,
  );
  return new Map(
    rows.map(({ kpi, refreshed_at, from_day, to_day, status, reason }) => [
      kpi,
      {
        at: refreshed_at.toISOString(),
        from: from_day,
        to: daysBefore(to_day, 1),
        status: status === 'done' ? 'done' : 'failed',
        ...(reason !== null && { reason }),
      },
    ]),
  );
}

/** By KPI, a row a day over all dimensions: those of the newest days. */
async function readTotals(lake: Lake, read: ReadOptions): Promise<Map<string, KpiRow[]>> {
  const rows = await lake.rows<{ kpi: string; day: string; numerator: number; denominator: number | null }>(
    `SELECT kpi, CAST(day AS VARCHAR) AS day, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM kpi_values GROUP BY kpi, day ORDER BY kpi, day`,
    read,
  );
  const byKpi = new Map<string, KpiRow[]>();
  for (const { kpi, ...row } of rows) {
    const own = byKpi.get(kpi) ?? [];
    own.push({ ...row, dimensions: [] });
    byKpi.set(kpi, own);
  }
  return byKpi;
}

async function readRows(lake: Lake, kpi: Kpi, read: ReadOptions): Promise<KpiRow[]> {
  const rows = await lake.rows<{ day: string; dimensions: string; numerator: number; denominator: number | null }>(
    `SELECT CAST(day AS VARCHAR) AS day, dimensions, numerator, denominator FROM kpi_values WHERE kpi = ${literal(kpi.id)}`,
    read,
  );
  return rows.map((row) => ({ ...row, dimensions: JSON.parse(row.dimensions) as string[] }));
}

function listed(kpi: Kpi, rows: readonly KpiRow[], refreshed: Refresh): KpiList['kpis'][number] {
  const to = newestDay(rows);
  if (to === undefined) return { ...about(kpi, refreshed), weekBefore: null, trend: [] };
  const [series] = kpiSeries(kpi, rows, { from: daysBefore(to, TREND_DAYS - 1), to, grain: 'day' });
  const trend: KpiPoint[] = series!.points;
  const weekBefore = trend.find(({ at }) => at === daysBefore(to, 7))?.value ?? null;
  return { ...about(kpi, refreshed), newest: trend.at(-1)!, weekBefore, trend };
}

function about(kpi: Kpi, refreshed: Refresh): KpiAbout {
  const { id, title, unit, description, group, owner, direction, target, chart, filters, over } = kpi;
  return {
    ...{ id, title, unit, group, owner, direction, chart, filters, over },
    ...(description !== undefined && { description }),
    ...(target !== undefined && { target }),
    ...(refreshed !== undefined && { refreshed }),
  };
}

function newestDay(rows: readonly KpiRow[]): string | undefined {
  return rows.reduce<string | undefined>(
    (newest, { day }) => (newest === undefined || day > newest ? day : newest),
    undefined,
  );
}

function valuesAt(rows: readonly KpiRow[], place: number): string[] {
  return [...new Set(rows.map(({ dimensions }) => dimensions[place]!))].sort();
}
