import { HubError, messageOf } from '../core/errors';
import { kpiQueries, type KpiValue } from '../core/kpis/kpi-sql';
import type { Lake } from '../ports/lake';
import type { Kpi } from '../schemas/kpi';
import { cancellation, heartbeat } from './context';

export interface RefreshKpisResult {
  readonly kpis: number;
  /** KPIs whose query failed, with why; the others are refreshed all the same. */
  readonly failed: readonly { readonly kpi: string; readonly reason: string }[];
}

export function createKpisActivities({ lake, kpis }: { lake: Lake; kpis: readonly Kpi[] }) {
  return {
    /** Computes every KPI for a business date and keeps the history of the other dates. */
    async refreshKpis(input: { businessDate: string }): Promise<RefreshKpisResult> {
      const version = await lake.version();
      const values: KpiValue[] = [];
      const failed: { kpi: string; reason: string }[] = [];
      for (const kpi of kpis) {
        heartbeat({ stage: 'kpis', unit: 'KPIs', done: values.length, total: kpis.length });
        try {
          values.push({ kpi: kpi.id, unit: kpi.unit, value: await valueOf(lake, kpi, version, input.businessDate) });
        } catch (error) {
          if (cancellation().aborted) throw error;
          failed.push({ kpi: kpi.id, reason: messageOf(error).split('\n')[0] as string });
        }
      }
      const key = `kpis:${input.businessDate}:${version}`;
      await lake.commit(
        { key, series: 'kpis', ...kpiQueries(values, input.businessDate, lake.dialect) },
        { signal: cancellation() },
      );
      return { kpis: values.length, failed };
    },
  };
}

async function valueOf(lake: Lake, kpi: Kpi, version: number, businessDate: string): Promise<number | null> {
  const usesDate = kpi.sql.includes('$business_date');
  const rows = await lake.rows<{ value?: unknown }>(kpi.sql, {
    version,
    signal: cancellation(),
    parameters: usesDate ? { business_date: businessDate } : {},
  });
  const value = rows[0]?.value;
  if (rows.length !== 1 || value === undefined) {
    throw new HubError('KPI_INVALID', `kpis/${kpi.id}.sql: expected one row with a column "value"`);
  }
  return value === null ? null : Number(value);
}
