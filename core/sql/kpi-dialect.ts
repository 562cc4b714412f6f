import type { SqlDialect } from './dialects';

/** What engines that KPIs are computed in say differently, the lake's and those of KPI stores. */
export interface KpiDialect extends SqlDialect {
  /** A type of core/lake/tables.ts and core/kpis/kpi-tables.ts. */
  type(portable: string): string;
  /** How many times the date changes (UTC) from one date or timestamp to another, as a whole number. */
  daysBetween(from: string, to: string): string;
  /** How long it is from one timestamp to another, in hours, as a double. */
  hoursBetween(from: string, to: string): string;
}
