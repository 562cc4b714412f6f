import type { Source } from '../schemas/source';

/** A file in the landing zone. */
export interface SourceFile {
  /** Relative to the landing folder: what messages and lineage show. */
  readonly path: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** A file that was read, mapped and checked row by row, and waits to land. */
export interface StagedFile extends SourceFile {
  /** SHA-256 of the content. */
  readonly fingerprint: string;
  readonly readRows: number;
  readonly badRows: number;
  /** The most frequent reasons, with how many rows each. */
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
  /** Staged Parquet files. `quarantine` has the bad rows. */
  readonly staged: { readonly events: string; readonly profiles: string; readonly quarantine: string };
}

export interface StageOptions {
  /** For whom: two who stage the same file never meet, and whoever stages it again for the same replaces what there was. */
  readonly owner?: string;
  readonly signal?: AbortSignal;
  /** Called while the file is read, with bytes of the file. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Where the sources' exports arrive, and where they are turned into canonical rows.
 *
 * Errors, none retryable unless said: `FILE_MISSING`, `FILE_EMPTY`, `FILE_TRUNCATED`, `FILE_ENCODING`,
 * `FILE_UNREADABLE`, `COLUMN_MISSING`, `FILE_CHANGED` (retryable), `MAPPING_INVALID`.
 */
export interface LandingZone {
  /** The files of a source, ordered by path; with a `{date}` in its pattern those up to the business date. */
  list(source: Source, businessDate: string): Promise<SourceFile[]>;
  stage(source: Source, file: SourceFile, options?: StageOptions): Promise<StagedFile>;
  /** Puts a file into it, which is there whole and for good when this returns. A path that has one of this size already keeps it. */
  deliver(path: string, content: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Forgets staged files, landed or given up. */
  discard(files: readonly StagedFile[]): Promise<void>;
  /** Forgets what landings that were cut off for good had staged before, in epoch milliseconds. */
  sweep(before: number): Promise<void>;
}
