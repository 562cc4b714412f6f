import type { ThreadError } from './thread-errors';

/** What a thread of a crew needs to know to begin. */
export interface CrewThreadData {
  /** Its number among the threads, from 1: the one that started the crew is 0. */
  readonly thread: number;
}

/** To a thread: a batch that all threads do together. */
export interface CrewRequest {
  readonly task: string;
  readonly inputs: readonly unknown[];
  /** The next input that nobody does yet; shared. */
  readonly next: Int32Array;
}

/** What came of an input. */
export interface TaskOutput {
  readonly index: number;
  readonly output: unknown;
}

/** From a thread, when nothing is left to do. */
export type CrewReply = { readonly outputs: readonly TaskOutput[] } | { readonly error: ThreadError };
