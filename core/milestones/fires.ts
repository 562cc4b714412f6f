import type { LookedAt } from './look';

/** How often the stored query of a milestone ran, and what came of it. */
export interface Fires {
  readonly looks: number;
  readonly reached: number;
  readonly retracted: number;
  /** The longest that it took from a change of the graph until its milestones were written, in milliseconds. */
  readonly lagMs: number;
}

export const NO_FIRES: Fires = { looks: 0, reached: 0, retracted: 0, lagMs: 0 };

export function addFires(a: Fires, b: Fires): Fires {
  return {
    looks: a.looks + b.looks,
    reached: a.reached + b.reached,
    retracted: a.retracted + b.retracted,
    lagMs: Math.max(a.lagMs, b.lagMs),
  };
}

/** What came of looks, by milestone. */
export function firesOf(results: readonly LookedAt[], lagMs: number): Map<string, Fires> {
  const fires = new Map<string, Fires>();
  for (const { milestone, reached, retracted } of results) {
    const one = { looks: 1, reached: reached.length, retracted: retracted.length, lagMs };
    fires.set(milestone, addFires(fires.get(milestone) ?? NO_FIRES, one));
  }
  return fires;
}

const MINUTE_MS = 60_000;
/** For how long fires are kept. */
export const FIRES_KEPT_MS = 60 * MINUTE_MS;

/** The minute in which something is counted, as the epoch milliseconds of its beginning. */
export function minuteOf(time: number): number {
  return time - (time % MINUTE_MS);
}

/** The fires of a milestone lately. */
export interface RecentFires {
  /** Of the last hour. */
  readonly lastHour: Fires;
  /** Looks a second, since the minute before the present one began. */
  readonly perSecond: number;
}

/**
 * @param minutes the fires by the minute in which they were counted
 * @param now epoch milliseconds
 */
export function recentFires(minutes: ReadonlyMap<number, Fires>, now: number): RecentFires {
  const since = minuteOf(now) - MINUTE_MS;
  const sum = (from: number) =>
    [...minutes].filter(([minute]) => minute >= from).reduce((all, [, fires]) => addFires(all, fires), NO_FIRES);
  return { lastHour: sum(minuteOf(now) - FIRES_KEPT_MS), perSecond: (sum(since).looks * 1_000) / (now - since) };
}
