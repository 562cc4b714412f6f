/**
 * Where records that come one by one are kept for good until they land: lines of NDJSON, gathered into files ("segments") of the landing
 * zone.
 *
 * Errors: `INGEST_BUSY` (retryable) when more waits than may, `LANDING_UNAVAILABLE` (retryable) when nothing can be written. What was
 * refused may be given again: a line that was kept all the same comes twice, which its id tells.
 */
export interface SegmentLog {
  /**
   * Keeps lines; when this returns they outlive a loss of power.
   *
   * @param source whose they are
   * @param lines whole lines, each with its line break
   */
  append(source: string, lines: Buffer): Promise<void>;
  /** Ends what is under way, and closes all segments. */
  close(): Promise<void>;
}

/** Is told that a source has a new segment, which can land. */
export type OnSegment = (source: string) => void;
