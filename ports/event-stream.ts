/** A part of a stream whose records are in order. */
export interface StreamShard {
  readonly id: string;
  /** The shards that this one goes on from: their records are older than its own. */
  readonly parents: readonly string[];
}

export interface StreamRecord {
  /** Of the record in its shard: what is read next is what comes after it. */
  readonly position: string;
  readonly data: Uint8Array;
}

export interface RecordPage {
  /** In order; may be empty although more is to come. */
  readonly records: readonly StreamRecord[];
  /** How far behind its newest record the shard is read, in milliseconds. */
  readonly behindMs: number;
  /** Whether the shard is closed, and this was the last of it. */
  readonly isEnd: boolean;
}

/** Where a shard is begun that was never read: with all that it has, or with what came from a time on (epoch milliseconds). */
export type StreamStart = 'oldest' | { readonly since: number };

/**
 * A stream of records that keeps them for some days, in shards that come and go.
 *
 * Errors: `AWS_…`, `KAFKA_…`, `CANCELLED`. A place whose records the stream no longer has is followed by the oldest that it has.
 */
export interface EventStream {
  /** Which stream it is: another one that is made under the same name has positions of its own. */
  identity(signal?: AbortSignal): Promise<string>;
  /** Those whose records may still be there. */
  shards(signal?: AbortSignal): Promise<StreamShard[]>;
  /**
   * The records of a shard after a position, page by page, without an end unless the shard has one. Pages come as they are
   * asked for; of those that are not, nothing is held in memory. Between pages it waits as the service wants it.
   *
   * @param after the position of the last record read, or where to begin
   */
  read(
    shard: string,
    after: { readonly position: string } | StreamStart,
    signal: AbortSignal,
  ): AsyncIterable<RecordPage>;
  /**
   * Tells the service how far shards have been read for good, for whoever watches it there: the hub itself never asks.
   *
   * @param places the position of the last record, by shard
   */
  readUpTo(places: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
