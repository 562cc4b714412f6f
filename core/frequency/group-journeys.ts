import { codePointRanks } from './code-points';
import { selectTop } from './select-top';
import type { JourneySlices, Letters } from './slices';

/** Groups of equal journeys. */
export interface JourneyGroups {
  readonly size: number;
  /** How many journeys a group has, and the number of one of them. */
  readonly counts: Uint32Array;
  readonly examples: Uint32Array;
  /** The group of each journey. */
  readonly of: Uint32Array;
}

/** Groups by open addressing over typed arrays: nothing is allocated per journey. */
export function groupEqual({ steps, starts, ends }: JourneySlices): JourneyGroups {
  const journeys = starts.length;
  const mask = tableSize(journeys) - 1;
  const table = new Uint32Array(mask + 1); // group number + 1; 0 is a free place
  const hashes = new Uint32Array(journeys);
  const counts = new Uint32Array(journeys);
  const examples = new Uint32Array(journeys);
  const of = new Uint32Array(journeys);
  let size = 0;
  for (let journey = 0; journey < journeys; journey++) {
    const start = starts[journey] as number;
    const length = (ends[journey] as number) - start;
    const hash = hashOf(steps, start, length);
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const group = (table[place] as number) - 1;
      if (group < 0) {
        table[place] = size + 1;
        hashes[size] = hash;
        counts[size] = 1;
        examples[size] = journey;
        of[journey] = size++;
        break;
      }
      if (hashes[group] !== hash) continue;
      const example = examples[group] as number;
      const other = starts[example] as number;
      if ((ends[example] as number) - other === length && isEqual(steps, start, other, length)) {
        counts[group] = (counts[group] as number) + 1;
        of[journey] = group;
        break;
      }
    }
  }
  return { size, counts, examples, of };
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

/**
 * The groups to list: the most frequent first, equally frequent ones in the code-point order of their steps, step by
 * step, a journey before its continuations.
 */
export function topGroups(slices: JourneySlices, groups: JourneyGroups, limit: number): number[] {
  return selectTop(groups.size, limit, rankingOrder(slices, groups));
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
