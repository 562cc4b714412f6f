/** What is known of an object without reading it. */
export interface ObjectHead {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** Bytes of an object: from the first to before the last, counted from 0; without `to`, up to its end. */
export interface ByteRange {
  readonly from: number;
  readonly to?: number;
}

export interface ReadOptions {
  readonly range?: ByteRange;
  readonly signal?: AbortSignal;
}

/** What an object is made of: all of it, or piece by piece. */
export type ObjectContent = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Objects by key. An object is written whole or not at all: nobody ever sees half of one, and what breaks off leaves
 * nothing behind. What is written is seen by whoever asks next.
 *
 * Keys are paths (`core/objects/object-key.ts`); none may be another's folder. Several may write the same key at the
 * same time: one of them is last.
 *
 * Errors: `OBJECT_KEY_INVALID`, `OBJECT_MISSING`, `OBJECT_RANGE_INVALID`, `CANCELLED`; retryable: `OBJECT_CHANGED`,
 * `OBJECT_DAMAGED`; and what the engine's own are.
 */
export interface ObjectStore {
  /** Writes an object, or replaces it. Of content that comes in pieces, only a bounded part is held in memory. */
  put(key: string, content: ObjectContent, signal?: AbortSignal): Promise<void>;
  /**
   * Writes an object unless there is one: of many who try at the same time exactly one is told true. Whoever is cut off
   * and asks again is told false of their own first try; the object's content tells whose it is.
   */
  putIfAbsent(key: string, content: Uint8Array, signal?: AbortSignal): Promise<boolean>;
  /** An object's bytes piece by piece, all of the same version; the last piece comes only when all are as written. */
  stream(key: string, options?: ReadOptions): AsyncIterable<Uint8Array>;
  /** An object's bytes at once. */
  read(key: string, options?: ReadOptions): Promise<Uint8Array>;
  /** Undefined when there is no such object. */
  head(key: string, signal?: AbortSignal): Promise<ObjectHead | undefined>;
  /** The objects whose keys begin so, in the order of `compareKeys`, page by page as they are asked for. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectHead>;
  /** Removes objects; those that are not there are no error. */
  remove(keys: Iterable<string> | AsyncIterable<string>, signal?: AbortSignal): Promise<void>;
  /** Writes a file as an object. */
  upload(path: string, key: string, signal?: AbortSignal): Promise<void>;
  /** Writes an object as a file, which appears or is replaced at once when all of it is there. */
  download(key: string, path: string, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
