import type { KpiDialect } from '../../../core/sql/kpi-dialect';
import { redshiftDialect } from '../../../core/sql/redshift-dialect';
import type { LakeInput, SqlValue } from '../../../ports/lake';

export type KpiParameters = Readonly<Record<string, SqlValue>>;

/** An SQL engine that KPI tables are copied into. Errors are those of `ports/kpi-store.ts`. */
export interface KpiEngine {
  readonly dialect: KpiDialect;
  /** Runs statements in one transaction. */
  run(statements: readonly string[], signal?: AbortSignal): Promise<void>;
  /** The rows of a query; `$name` are its parameters. */
  rows<Row extends object>(sql: string, parameters: KpiParameters, signal?: AbortSignal): Promise<Row[]>;
  /**
   * Fills a table that is empty and that nobody reads yet. What breaks off may leave rows behind.
   *
   * @param table as queries name it
   * @param input rows, times and dates as texts in UTC
   */
  fill(table: string, input: LakeInput, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The type that a parameter is given: engines would guess it from where it stands, and some cannot. */
export function parameterType(value: SqlValue): string {
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value === 'bigint' || Number.isInteger(value)) return 'BIGINT';
  return redshiftDialect.type(typeof value === 'number' ? 'DOUBLE' : 'VARCHAR');
}

/** What engines cannot hold: their texts end at NUL. */
export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}
