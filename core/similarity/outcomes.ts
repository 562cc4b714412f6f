import type { SimilarOutcome } from '../../schemas/similarity';
import type { JourneyWords } from '../journeys/words';
import { wilsonInterval, type Proportion } from '../statistics/proportions';

const DAY_MS = 86_400_000;

/** What may happen after a point of a journey. */
export interface OutcomeWanted {
  readonly letter: number;
  readonly withinDays: number;
}

/** A point of a customer's journey, by the place of its last step in the words' `steps`. */
export interface JourneyPoint {
  readonly customer: number;
  readonly place: number;
}

/** Whether the event happened in time after a point; undefined where the data ends before one can tell. */
export function outcomeAfter(
  words: JourneyWords,
  { customer, place }: JourneyPoint,
  wanted: OutcomeWanted,
  dataEnd: number,
): boolean | undefined {
  const until = (words.times[place] as number) + wanted.withinDays * DAY_MS;
  if (until > dataEnd) return undefined;
  return happened(words, wanted.letter, place + 1, words.offsets[customer + 1] as number, until);
}

/**
 * How often the event followed in time, of the points whose whole time is in the data, with a 95 % interval (Wilson); and
 * how often it happens anyway: of all customers with a step by the last moment that leaves as much time, those who had
 * it in that time.
 */
export function outcomeRates(
  words: JourneyWords,
  points: readonly JourneyPoint[],
  wanted: OutcomeWanted,
  dataEnd: number,
): SimilarOutcome {
  const known = points.map((point) => outcomeAfter(words, point, wanted, dataEnd)).filter((had) => had !== undefined);
  const similar = { count: known.filter(Boolean).length, of: known.length };
  const untold = points.length - known.length;
  return { ...rateOf(similar), untold, base: rateOf(baseRate(words, wanted, dataEnd)) };
}

function baseRate(words: JourneyWords, { letter, withinDays }: OutcomeWanted, dataEnd: number): Proportion {
  const { offsets, times, customers } = words;
  const moment = dataEnd - withinDays * DAY_MS;
  let of = 0;
  let count = 0;
  for (let customer = 0; customer < customers; customer++) {
    const start = offsets[customer] as number;
    const end = offsets[customer + 1] as number;
    if (start === end || (times[start] as number) > moment) continue;
    of++;
    let next = end;
    while (next > start && (times[next - 1] as number) > moment) next--;
    if (happened(words, letter, next, end, dataEnd)) count++;
  }
  return { count, of };
}

function happened({ steps, times }: JourneyWords, letter: number, from: number, end: number, until: number): boolean {
  for (let place = from; place < end && (times[place] as number) <= until; place++) {
    if (steps[place] === letter) return true;
  }
  return false;
}

function rateOf({ count, of }: Proportion) {
  const [low, high] = wilsonInterval({ count, of });
  return { count, of, rate: of === 0 ? 0 : count / of, interval: [low, high] as [number, number] };
}

/** The time of the newest step of all, in epoch milliseconds; -Infinity without any. */
export function endOfData({ times, offsets, customers }: JourneyWords): number {
  let end = -Infinity;
  for (let customer = 0; customer < customers; customer++) {
    const last = (offsets[customer + 1] as number) - 1;
    if (last >= (offsets[customer] as number)) end = Math.max(end, times[last] as number);
  }
  return end;
}
