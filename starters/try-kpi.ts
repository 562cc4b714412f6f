import { LakeKpiStore } from '../adapters/sql/kpis/lake-kpi-store';
import { HubError } from '../core/errors';
import { kpiSql } from '../core/kpis/kpi-fragments';
import { parametersOf, readKpiRows, type KpiSpan } from '../core/kpis/kpi-rows';
import { daysBefore, kpiTotal, type KpiRow } from '../core/kpis/kpi-series';
import type { Lake } from '../ports/lake';
import type { Kpi } from '../schemas/kpi';

/**
 * Computes a KPI for some days up to the newest event, and keeps nothing.
 *
 * @throws HubError NO_DATA, KPI_INVALID, LAKE_QUERY_FAILED with the engine's words
 */
export async function tryKpi(
  lake: Lake,
  kpi: Kpi,
  days: number,
): Promise<{ readonly span: KpiSpan; readonly rows: KpiRow[]; readonly total: number | null }> {
  const [newest] = await lake.rows<{ day: string | null }>(
    'SELECT CAST(CAST(max(occurred_at) AS DATE) AS VARCHAR) AS day FROM events',
  );
  if (newest === undefined || newest.day === null)
    throw new HubError('NO_DATA', 'the hub holds no events yet: run `hub run nightly` first');
  const to = daysBefore(newest.day, -1);
  const span = { from: daysBefore(to, days), to };
  const store = new LakeKpiStore(lake);
  const rows = readKpiRows(
    kpi,
    await store.rows(kpiSql(kpi.sql, store.dialect), { parameters: parametersOf(kpi, span) }),
  );
  return { span, rows, total: kpiTotal(kpi, rows, span.from, to) };
}
