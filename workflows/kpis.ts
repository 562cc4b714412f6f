import { analytics } from './activities';
import type { RefreshKpisResult } from '../activities/kpis';

/** Computes every KPI of a business date. */
export async function refreshKpis(input: { readonly businessDate: string }): Promise<RefreshKpisResult> {
  return analytics.refreshKpis(input);
}
