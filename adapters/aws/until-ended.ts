import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from '../../core/errors';

/** Between looks: short ones are not kept waiting, long ones are not asked for all the time. */
const POLL_MS = { first: 100, factor: 1.5, most: 3_000 };

/** Something that a service does by itself, and that is looked at until it has ended. */
export interface UnderWay<State> {
  look(): Promise<State>;
  hasEnded(state: State): boolean;
  /** The longest pause between looks, in milliseconds; by default 3,000. */
  readonly mostMs?: number;
  /** Stops it; must not fail. */
  stop(): Promise<void>;
}

/**
 * Waits until something has ended; it is stopped when the signal fires.
 *
 * @throws HubError CANCELLED, and what looking throws
 */
export async function untilEnded<State>(underWay: UnderWay<State>, signal: AbortSignal | undefined): Promise<State> {
  try {
    const most = underWay.mostMs ?? POLL_MS.most;
    for (let wait = POLL_MS.first; ; wait = Math.min(most, wait * POLL_MS.factor)) {
      const state = await underWay.look();
      if (underWay.hasEnded(state)) return state;
      await sleep(wait, undefined, signal === undefined ? {} : { signal });
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    await underWay.stop();
    throw new HubError('CANCELLED', 'what was waited for was cancelled', { cause: error });
  }
}
