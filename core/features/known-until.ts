import { median } from 'simple-statistics';
import { DAY_MS } from './feature';

/** A day on which something happened. */
export interface EventfulDay {
  readonly events: number;
  /** Epoch milliseconds of the last of them. */
  readonly last: number;
}

/** A day on which less than this share of the usual happened has not been told of yet: what there is of it are strays. */
const SHARE_OF_A_DAY = 0.01;

/** What a usual day is, and which is the newest, is told by the days of a year, where something happened on so many of them at least. */
export const NEWEST_MS = 365 * DAY_MS;
export const ENOUGH_DAYS = 100;

/**
 * Up to when all is known that happened: the end of the newest day on which about as much happened as usually does. A single
 * event of a later time, as by a wrong clock, is no sign that nothing else has happened since.
 *
 * @param days in any order
 * @returns epoch milliseconds; undefined where nothing ever happened
 */
export function knownUntilOf(days: readonly EventfulDay[]): number | undefined {
  if (days.length === 0) return undefined;
  const least = SHARE_OF_A_DAY * median(days.map(({ events }) => events));
  return days.reduce((newest, { events, last }) => (events >= least ? Math.max(newest, last) : newest), -Infinity);
}
