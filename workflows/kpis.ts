import { workflowInfo } from '@temporalio/workflow';
import { analytics, quick } from './activities';
import type { AskedKpi } from '../activities/kpi-questions';
import type { RefreshKpisResult } from '../activities/kpis';
import type { Asked } from '../activities/questions';
import type { RefreshKpisInput } from '../schemas/kpi';
import type { KpiAnswer, KpiList } from '../schemas/kpi-report';

/** Computes KPIs of the days that may have changed, or of the days that are asked for. */
export async function refreshKpis(input: RefreshKpisInput = {}): Promise<RefreshKpisResult> {
  return analytics.refreshKpis({ ...input, startedAt: workflowInfo().startTime.getTime() });
}

/** Every KPI with its newest value and its trend. */
export async function kpiList(asked: Asked<object>): Promise<KpiList> {
  return quick.listKpis(asked);
}

/** One KPI over time. */
export async function kpiDetails(asked: Asked<AskedKpi>): Promise<KpiAnswer> {
  return quick.describeKpi(asked);
}
