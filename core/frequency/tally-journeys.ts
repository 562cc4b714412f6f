import type { JourneyFrequencyAnswer, JourneyFrequencyQuestion } from '../../schemas/frequency';
import { codePointRanks } from './code-points';
import { selectTop } from './select-top';

/** Letters of an alphabet, one a step. */
export type Letters = Uint8Array | Uint16Array;

/**
 * Journeys already cut to the question's length, as slices of one array: journey `i` is `steps[starts[i]]` up to
 * `steps[ends[i] - 1]`, and is not empty.
 */
export interface JourneySlices {
  readonly alphabet: readonly string[];
  readonly steps: Letters;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

export type JourneyTally = Pick<JourneyFrequencyAnswer, 'journeys' | 'positions' | 'customers'>;

/** What the tally needs of the question. */
export type TallyQuestion = Pick<JourneyFrequencyQuestion, 'as' | 'top'>;

/**
 * Counts equal journeys and the steps at each position. The most frequent journeys come first; equally frequent ones
 * in the code-point order of their steps, step by step, a journey before its continuations.
 */
export function tallyJourneys(slices: JourneySlices, question: TallyQuestion): JourneyTally {
  const customers = slices.starts.length;
  const distinct = groupEqual(slices);
  const top = selectTop(distinct.size, question.top, rankingOrder(slices, distinct));
  const journeys = top.map((group) => {
    const count = distinct.counts[group] as number;
    return { steps: namesOf(slices, distinct.examples[group] as number), count, share: count / customers };
  });
  return { journeys, positions: countPositions(slices, question.as), customers };
}

/** Groups of equal journeys: how many each has, and the number of one that is in it. */
interface Groups {
  readonly size: number;
  readonly counts: Uint32Array;
  readonly examples: Uint32Array;
}

/** Groups by open addressing over typed arrays: nothing is allocated per journey. */
function groupEqual({ steps, starts, ends }: JourneySlices): Groups {
  const journeys = starts.length;
  const mask = tableSize(journeys) - 1;
  const table = new Uint32Array(mask + 1); // group number + 1; 0 is a free place
  const hashes = new Uint32Array(journeys);
  const counts = new Uint32Array(journeys);
  const examples = new Uint32Array(journeys);
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
        examples[size++] = journey;
        break;
      }
      if (hashes[group] !== hash) continue;
      const example = examples[group] as number;
      const other = starts[example] as number;
      if ((ends[example] as number) - other === length && isEqual(steps, start, other, length)) {
        counts[group] = (counts[group] as number) + 1;
        break;
      }
    }
  }
  return { size, counts, examples };
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

function rankingOrder(slices: JourneySlices, { counts, examples }: Groups): (a: number, b: number) => number {
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

function namesOf({ alphabet, steps, starts, ends }: JourneySlices, journey: number): string[] {
  return Array.from(steps.subarray(starts[journey], ends[journey]), (letter) => alphabet[letter] as string);
}

/** Counts by position, ordered by offset, then the most frequent step first, then by code points. */
function countPositions(slices: JourneySlices, as: TallyQuestion['as']): JourneyTally['positions'] {
  const { alphabet, steps, starts, ends } = slices;
  const longest = longestOf(slices);
  const letters = alphabet.length;
  const counts = new Uint32Array(longest * letters);
  for (let journey = 0; journey < starts.length; journey++) {
    const start = starts[journey] as number;
    const end = ends[journey] as number;
    let cell = (as === 'end' ? longest - (end - start) : 0) * letters;
    for (let index = start; index < end; index++, cell += letters) {
      const at = cell + (steps[index] as number);
      counts[at] = (counts[at] as number) + 1;
    }
  }
  const ranks = codePointRanks(alphabet);
  const first = as === 'end' ? 1 - longest : 0;
  const positions: JourneyTally['positions'] = [];
  for (let position = 0; position < longest; position++) {
    const row = counts.subarray(position * letters, (position + 1) * letters);
    const seen = alphabet.map((_, letter) => letter).filter((letter) => row[letter] !== 0);
    seen.sort((a, b) => (row[b] as number) - (row[a] as number) || (ranks[a] as number) - (ranks[b] as number));
    for (const letter of seen) {
      positions.push({ offset: first + position, step: alphabet[letter] as string, count: row[letter] as number });
    }
  }
  return positions;
}

function longestOf({ starts, ends }: JourneySlices): number {
  let longest = 0;
  for (let journey = 0; journey < starts.length; journey++) {
    longest = Math.max(longest, (ends[journey] as number) - (starts[journey] as number));
  }
  return longest;
}
