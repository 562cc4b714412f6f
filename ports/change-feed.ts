import type { GraphChange } from '../core/graph/elements';

/** A record of the feed; everything up to it is known. `{ commitNum: 0, opNum: 0 }` is before the first. */
export interface FeedPosition {
  readonly commitNum: number;
  readonly opNum: number;
  /** Which graph's changes it counts; left out where a person gives it. */
  readonly log?: string | undefined;
}

export interface FeedPage {
  /** In the order in which they were made; whole elements. */
  readonly changes: readonly GraphChange[];
  /** Where to read on. */
  readonly last: FeedPosition;
  /** When the first of them was made, in epoch milliseconds; absent where there are none. */
  readonly since?: number;
  /** How many changes are known to come after these; 0 when the page is the last for now. */
  readonly behind: number;
}

export interface ReadFeedOptions {
  readonly after: FeedPosition;
  /** How many changes to read, about. */
  readonly limit: number;
  /** How long to wait for the first change where there is none, in milliseconds; 0 by default. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * What changed in the graph, in order: Neptune Streams in AWS, the change log elsewhere. Only what the graph holds is
 * told, and it is told again to whoever asks again.
 *
 * Errors: `FEED_POSITION_UNKNOWN` when the position is another graph's or lies beyond the end, as after the graph was
 * restored from a backup; `FEED_POSITION_EXPIRED` when what comes after it is not kept any more. Whoever follows then has to
 * look at the graph as a whole, and follows from the head.
 */
export interface ChangeFeed {
  /** The last record there is. */
  head(): Promise<FeedPosition>;
  read(options: ReadFeedOptions): Promise<FeedPage>;
  /**
   * Asks that what comes after a position be kept for a follower, until it asks for a later one. One that is not heard of
   * for a week is not waited for. Feeds that keep everything for a time of their own do nothing.
   */
  retain(follower: string, after: FeedPosition): Promise<void>;
}
