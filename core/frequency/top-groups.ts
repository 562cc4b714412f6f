import { groupEqual, hashesOf, type JourneyGroups } from '../journeys/group-journeys';
import type { JourneySlices } from '../journeys/slices';
import { codePointRanks } from '../text/code-points';
import { selectTop } from './select-top';

/** The most frequent groups, in order, and the groups they are numbers of: not all there are, but every one of these. */
export interface TopGroups {
  readonly groups: JourneyGroups;
  readonly top: readonly number[];
}

/** Counters of hashes: a megabyte, which stays in the processor's cache. */
const COUNTERS = 2 ** 18;

/**
 * The groups to list: the most frequent first, equally frequent ones in the code-point order of their steps, step by
 * step, a journey before its continuations.
 *
 * Only journeys that may be among them are grouped: a first pass counts hashes in few counters, each an upper bound of
 * every group that falls to it (as in the Count-Min sketch; Cormode, Muthukrishnan 2005). Groups below the least listed
 * count are never made, and the result is exact.
 */
export function topGroups(slices: JourneySlices, limit: number): TopGroups {
  const hashes = hashesOf(slices);
  const counters = new Uint32Array(COUNTERS);
  for (let journey = 0; journey < hashes.length; journey++) {
    const counter = (hashes[journey] as number) >>> 14;
    counters[counter] = (counters[counter] as number) + 1;
  }
  for (let bound = likelyBound(counters, limit); ;) {
    const groups = groupEqual(slices, hashes, journeysFrom(bound, hashes, counters));
    const top = selectTop(groups.size, limit, rankingOrder(slices, groups));
    const least = top.length < limit ? 1 : (groups.counts[top.at(-1) as number] as number);
    if (least >= bound) return { groups, top };
    bound = least;
  }
}

/** A count that so many groups probably reach. */
function likelyBound(counters: Uint32Array, limit: number): number {
  const most = selectTop(counters.length, limit, (a, b) => (counters[b] as number) - (counters[a] as number) || a - b);
  return Math.max(1, counters[most.at(-1) ?? 0] as number);
}

/** The journeys whose group may have `bound` members or more, in order. */
function journeysFrom(bound: number, hashes: Uint32Array, counters: Uint32Array): Uint32Array {
  const journeys = new Uint32Array(hashes.length);
  let size = 0;
  for (let journey = 0; journey < hashes.length; journey++) {
    if ((counters[(hashes[journey] as number) >>> 14] as number) >= bound) journeys[size++] = journey;
  }
  return journeys.subarray(0, size);
}

/** The order of `topGroups`. */
export function rankingOrder(
  slices: JourneySlices,
  { counts, examples }: JourneyGroups,
): (a: number, b: number) => number {
  const { steps, starts, ends } = slices;
  const ranks = codePointRanks(slices.alphabet);
  return (a, b) => {
    const byCount = (counts[b] as number) - (counts[a] as number);
    if (byCount !== 0) return byCount;
    const journeyA = examples[a] as number;
    const journeyB = examples[b] as number;
    const startA = starts[journeyA] as number;
    const startB = starts[journeyB] as number;
    const lengthA = (ends[journeyA] as number) - startA;
    const lengthB = (ends[journeyB] as number) - startB;
    for (let index = 0; index < Math.min(lengthA, lengthB); index++) {
      const rankA = ranks[steps[startA + index] as number] as number;
      const rankB = ranks[steps[startB + index] as number] as number;
      if (rankA !== rankB) return rankA - rankB;
    }
    return lengthA - lengthB;
  };
}
