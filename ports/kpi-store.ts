import type { KpiTable } from '../core/kpis/kpi-tables';
import type { KpiDialect } from '../core/sql/kpi-dialect';
import type { LakeInput, SqlValue } from './lake';

/** What a KPI store holds at a time. */
export interface KpiContent {
  /** Names the content: the same is never given to another. Letters, digits and `-`. */
  readonly revision: string;
  /** The rows of every table; times and dates are given as texts in UTC, `2026-01-31 09:30:00.123456`. */
  readonly tables: Readonly<Record<KpiTable, LakeInput>>;
}

export interface KpiQueryOptions {
  /** The version of the lake to see, for stores that see the lake itself; others show what was loaded last. */
  readonly version?: number;
  /** Values of `$name` in the query. */
  readonly parameters?: Readonly<Record<string, SqlValue>>;
  readonly signal?: AbortSignal;
}

/**
 * What KPIs are computed in: the tables of `core/kpis/kpi-tables.ts`, copied from the lake, or the lake itself.
 *
 * Errors: `KPI_QUERY_FAILED` with the SQL, `KPI_STORE_ACCESS_DENIED`, `CANCELLED`; retryable: `KPI_STORE_CONFLICT` when
 * another loader was faster, `KPI_STORE_TIMEOUT`, `KPI_STORE_UNAVAILABLE`. Beside them those of what is behind the store:
 * the lake's, and `AWS_…`.
 */
export interface KpiStore {
  /** How its SQL says what engines say differently. */
  readonly dialect: KpiDialect;
  /** What it holds; empty before anything was loaded, and where nothing ever is. */
  revision(signal?: AbortSignal): Promise<string>;
  /**
   * Replaces the content of all tables at once, or not at all: whoever asks sees the old content or the new, whoever is
   * asking goes on with the old. Content that the store holds already is not even read.
   */
  load(content: KpiContent, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** The rows of a small answer: BIGINT as `bigint`, times and dates as Date (UTC), other numbers as numbers. */
  rows<Row extends object = Record<string, unknown>>(sql: string, options?: KpiQueryOptions): Promise<Row[]>;
  close(): Promise<void>;
}
