import type { LakeCommitQueries } from '../core/lake/queries';
import type { LakeTable } from '../core/lake/tables';
import type { LakeDialect } from '../core/sql/lake-dialect';

export type SqlValue = string | number | bigint | boolean | null;

/** Columns by name, all of the same length. Numeric columns without nulls, and lists of such numbers, may be typed arrays. */
export interface ColumnBatch {
  readonly rows: number;
  readonly columns: Readonly<Record<string, ArrayLike<unknown>>>;
}

export interface ReadOptions {
  /** The lake version to read; the newest by default. */
  readonly version?: number;
  readonly parameters?: Readonly<Record<string, SqlValue>>;
  readonly signal?: AbortSignal;
}

export interface LakeCommit extends Partial<LakeCommitQueries> {
  /** Name of this commit, made from its input. A commit whose key the lake already holds is not made again. */
  readonly key: string;
  /**
   * Commits of the same series are each computed from the last one's result: one that was computed from an older
   * state fails with `LAKE_CONFLICT`. Appends of different series commute.
   */
  readonly series?: string;
  /** The version that rows computed outside SQL come from: what the commit would replace must not have changed since. */
  readonly version?: number;
  /** Staged Parquet files the queries may read, by the table name they use for them. */
  readonly staged?: Readonly<Record<string, readonly string[]>>;
  /** Rows computed outside SQL, by the table name the queries use for them. */
  readonly inputs?: Readonly<Record<string, LakeInput>>;
  readonly writes: LakeCommitQueries['writes'];
}

export interface LakeInput {
  /** Column name to SQL type, in order. */
  readonly columns: Readonly<Record<string, string>>;
  readonly batches: AsyncIterable<ColumnBatch> | Iterable<ColumnBatch>;
}

export interface CommitResult {
  readonly version: number;
  /** False when a commit with this key had been made before. */
  readonly fresh: boolean;
  /** Rows written by table. */
  readonly rows: Readonly<Partial<Record<LakeTable, number>>>;
}

/** What is known of the lake's content without reading it. */
export interface LakeVersions {
  /** The newest version; 0 for a lake nothing was committed to. */
  version(): Promise<number>;
  /** The version at which a table's content last changed; 0 for a table never written. */
  tableVersion(table: LakeTable): Promise<number>;
  /**
   * Names a table's content at a version, the newest by default: another lake never gives the same name to other
   * content. Empty when the table was never written.
   */
  tableRevision(table: LakeTable, version?: number): Promise<string>;
}

/**
 * The journey lake: tables of `core/lake/tables.ts`, read with SQL at a version, written by atomic commits over several
 * tables. A reader never sees half a commit.
 *
 * Errors: `LAKE_CONFLICT` (retryable) when another writer changed what this commit was computed from;
 * `LAKE_QUERY_FAILED` with the SQL when the engine refuses it; `LAKE_OUT_OF_MEMORY` (retryable) when it needs more
 * than it has; `CANCELLED` when the signal fired.
 */
export interface Lake extends LakeVersions {
  /** How its SQL says what engines say differently. */
  readonly dialect: LakeDialect;
  /** The rows of a small answer. BIGINT values come as `bigint`. */
  rows<Row extends object = Record<string, unknown>>(sql: string, options?: ReadOptions): Promise<Row[]>;
  /** Column batches of a large answer, in the order of the query. */
  stream(sql: string, options?: ReadOptions): AsyncIterable<ColumnBatch>;
  commit(commit: LakeCommit, options?: { readonly signal?: AbortSignal }): Promise<CommitResult>;
  /** Deletes what only versions long replaced, or commits that were cut off, had written. */
  vacuum(options?: { readonly signal?: AbortSignal }): Promise<{ readonly deletedFiles: number }>;
  close(): Promise<void>;
}
