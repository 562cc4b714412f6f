import { codePointRanks } from './code-points';
import { selectTop } from './select-top';
import type { JourneySlices, Letters } from './slices';

/** Groups of equal journeys. */
export interface JourneyGroups {
  readonly size: number;
  /** How many journeys a group has, and the number of one of them. */
  readonly counts: Uint32Array;
  readonly examples: Uint32Array;
  /** The journeys that were grouped, and the group of each. */
  readonly journeys: Uint32Array;
  readonly of: Uint32Array;
}

/** Groups equal journeys by open addressing over typed arrays: nothing is allocated per journey. */
export function groupEqual(
  { steps, starts, ends }: JourneySlices,
  hashes: Uint32Array,
  journeys: Uint32Array,
): JourneyGroups {
  const mask = tableSize(journeys.length) - 1;
  const table = new Uint32Array(mask + 1); // group number + 1; 0 is a free place
  const counts = new Uint32Array(journeys.length);
  const examples = new Uint32Array(journeys.length);
  const of = new Uint32Array(journeys.length);
  let size = 0;
  for (let index = 0; index < journeys.length; index++) {
    const journey = journeys[index] as number;
    const hash = hashes[journey] as number;
    const start = starts[journey] as number;
    const length = (ends[journey] as number) - start;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const group = (table[place] as number) - 1;
      if (group < 0) {
        table[place] = size + 1;
        counts[size] = 1;
        examples[size] = journey;
        of[index] = size++;
        break;
      }
      const example = examples[group] as number;
      if (hashes[example] !== hash) continue;
      const other = starts[example] as number;
      if ((ends[example] as number) - other === length && isEqual(steps, start, other, length)) {
        counts[group] = (counts[group] as number) + 1;
        of[index] = group;
        break;
      }
    }
  }
  return { size, counts, examples, journeys, of };
}

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

/** Groups all journeys. */
export function groupAll(slices: JourneySlices): JourneyGroups {
  const journeys = new Uint32Array(slices.starts.length);
  for (let journey = 0; journey < journeys.length; journey++) journeys[journey] = journey;
  return groupEqual(slices, hashesOf(slices), journeys);
}

function hashesOf({ steps, starts, ends }: JourneySlices): Uint32Array {
  const hashes = new Uint32Array(starts.length);
  for (let journey = 0; journey < hashes.length; journey++) {
    const start = starts[journey] as number;
    hashes[journey] = hashOf(steps, start, (ends[journey] as number) - start);
  }
  return hashes;
}

/** A power of two that leaves at least half of the places free. */
function tableSize(entries: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(entries, 1) * 2));
}

/** Multiplicative mixing with the golden ratio's 32 bits, and the finalizer of MurmurHash3 (A. Appleby). */
function hashOf(steps: Letters, start: number, length: number): number {
  let hash = length;
  for (let index = start; index < start + length; index++) {
    hash = Math.imul(hash ^ (steps[index] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function isEqual(steps: Letters, a: number, b: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (steps[a + index] !== steps[b + index]) return false;
  return true;
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

/** The names of a journey's steps. */
export function namesOf({ alphabet, steps, starts, ends }: JourneySlices, journey: number): string[] {
  return Array.from(steps.subarray(starts[journey], ends[journey]), (letter) => alphabet[letter] as string);
}
