import type { LakeDialect } from '../../../core/sql/lake-dialect';
import type { ColumnBatch, LakeInput } from '../../../ports/lake';

/** What holds a lake's rows, or what a commit under way needs until it is published. */
export type TableSpace = 'lake' | 'scratch';

/** Columns by name, in order, as types of core/lake/tables.ts. */
export type TableColumns = Readonly<Record<string, string>>;

/** The column by which a lake's table is partitioned: the part of a commit that wrote a row. */
export const PART = 'hub_part';

/**
 * An SQL engine that keeps tables of its own (Iceberg in Trino or Athena). All is about one hub.
 *
 * Errors: `LAKE_QUERY_FAILED` with the SQL; `LAKE_OUT_OF_MEMORY`, `LAKE_UNAVAILABLE` and `LAKE_CONFLICT`, all retryable;
 * `CANCELLED` when the signal fired.
 */
export interface TableEngine {
  readonly dialect: LakeDialect;
  /** Whether tables of Parquet files have times to the microsecond; else they are given as texts. */
  readonly readsMicroseconds: boolean;
  /** A table as queries name it. */
  nameOf(space: TableSpace, table: string): string;
  /** Tables that there are, each with the names of its columns. */
  tables(space: TableSpace, signal?: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Makes a table of the lake, or gives it the columns that it lacks. */
  ensureTable(table: string, columns: TableColumns, existing: readonly string[] | undefined): Promise<void>;
  /** Makes a scratch table of what a query gives. */
  createAs(table: string, sql: string, signal?: AbortSignal): Promise<void>;
  /** Makes a scratch table of Parquet files, which lie by themselves at a location. */
  createOfFiles(table: string, columns: TableColumns, location: string, signal?: AbortSignal): Promise<void>;
  dropScratch(table: string): Promise<void>;
  /** Pages of rows. */
  read(sql: string, signal?: AbortSignal): AsyncIterable<ColumnBatch>;
  /** Runs a statement that writes; resolves with how many rows it wrote. */
  run(sql: string, signal?: AbortSignal): Promise<number>;
  /** Forgets what a table held before, and files that belong to nothing. */
  tidy(table: string): Promise<void>;
  close(): Promise<void>;
}

/** Files that both the hub and the engine can reach. */
export interface SharedFiles {
  /** Copies a file of this machine. */
  upload(path: string, key: string, signal?: AbortSignal): Promise<void>;
  /** Where files are whose keys begin with a folder, as the engine names it. */
  locationOf(folder: string): string;
  /** Removes the files of a folder. */
  remove(folder: string): Promise<void>;
  /** Removes the folders of commits that were cut off, by their names. */
  sweep(isOld: (name: string) => boolean): Promise<void>;
}

/** Where staged files are, as the landing zone names them. */
export interface StagedFiles {
  /** The file on this machine, until `work` is done with it. */
  use<T>(name: string, work: (path: string) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Parquet files on this machine. */
export interface ParquetFiles {
  /**
   * Writes rows to a file. Resolves with its path; the caller removes it.
   *
   * @param as other types that columns are to have in the file
   */
  write(input: LakeInput, signal?: AbortSignal, as?: TableColumns): Promise<string>;
  /** A copy of a file whose times are texts. Resolves with its path; the caller removes it. */
  withTimesAsTexts(path: string, signal?: AbortSignal): Promise<string>;
  /** What columns a file has. */
  columnsOf(path: string): Promise<TableColumns>;
}
