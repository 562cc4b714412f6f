import { HubError, messageOf } from '../core/errors';
import { kpiSql } from '../core/kpis/kpi-fragments';
import { kpiQueries, type KpiValue } from '../core/kpis/kpi-sql';
import type { KpiStore } from '../ports/kpi-store';
import type { Lake } from '../ports/lake';
import type { Kpi } from '../schemas/kpi';
import { cancellation, heartbeat, whileAlive } from './context';
import { kpiContent } from './kpi-content';

export interface RefreshKpisResult {
  readonly kpis: number;
  /** KPIs whose query failed, with why; the others are refreshed all the same. */
  readonly failed: readonly { readonly kpi: string; readonly reason: string }[];
}

export interface KpisOptions {
  readonly lake: Lake;
  readonly kpiStore: KpiStore;
  readonly kpis: readonly Kpi[];
}

export function createKpisActivities({ lake, kpiStore, kpis }: KpisOptions) {
  return {
    /**
     * Brings the KPI store to what the lake has, computes every KPI for a business date and keeps the history of the other
     * dates. A store that cannot be asked fails the whole: its KPIs are computed when it is tried again.
     */
    async refreshKpis(input: { businessDate: string }): Promise<RefreshKpisResult> {
      const version = await lake.version();
      const content = await kpiContent(lake, version, cancellation());
      await whileAlive({ stage: 'kpis', unit: 'KPIs', done: 0, total: kpis.length, detail: 'loading' }, () =>
        kpiStore.load(content, { signal: cancellation() }),
      );
      const values: KpiValue[] = [];
      const failed: { kpi: string; reason: string }[] = [];
      for (const kpi of kpis) {
        heartbeat({ stage: 'kpis', unit: 'KPIs', done: values.length, total: kpis.length });
        try {
          values.push({
            kpi: kpi.id,
            unit: kpi.unit,
            value: await valueOf(kpiStore, kpi, version, input.businessDate),
          });
        } catch (error) {
          if (cancellation().aborted || isOfStore(error)) throw error;
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

/** What is wrong with the store itself, not with one of the KPIs. */
function isOfStore(error: unknown): boolean {
  return error instanceof HubError && /^AWS_|^KPI_STORE_(UNAVAILABLE|ACCESS_DENIED)$/.test(error.code);
}

async function valueOf(store: KpiStore, kpi: Kpi, version: number, businessDate: string): Promise<number | null> {
  const usesDate = kpi.sql.includes('$business_date');
  const rows = await store.rows<{ value?: unknown }>(kpiSql(kpi.sql, store.dialect), {
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
