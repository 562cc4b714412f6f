import type { JourneyFrequencyQuestion } from '../../schemas/frequency';
import { lettersArray } from '../journeys/words';

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

/** The steps of the longest journey. */
export function longestOf({ starts, ends }: JourneySlices): number {
  let longest = 0;
  for (let journey = 0; journey < starts.length; journey++) {
    longest = Math.max(longest, (ends[journey] as number) - (starts[journey] as number));
  }
  return longest;
}

/** The journeys of two cuts over the same alphabet, those of the first before those of the second. */
export function joinSlices(a: JourneySlices, b: JourneySlices): JourneySlices {
  const steps = lettersArray(a.alphabet.length, a.steps.length + b.steps.length);
  steps.set(a.steps);
  steps.set(b.steps, a.steps.length);
  const join = (first: Uint32Array, second: Uint32Array) => {
    const joined = new Uint32Array(first.length + second.length);
    joined.set(first);
    for (let journey = 0; journey < second.length; journey++) {
      joined[first.length + journey] = (second[journey] as number) + a.steps.length;
    }
    return joined;
  };
  return { alphabet: a.alphabet, steps, starts: join(a.starts, b.starts), ends: join(a.ends, b.ends) };
}

/** Journeys cut from words, with what they were cut from. Journey `i` belongs to the customer `customers[i]`. */
export interface CutJourneys extends JourneySlices {
  readonly customers: Uint32Array;
  /** Where in the words' `steps` the event of interest is. */
  readonly anchors: Uint32Array;
  /** Where in the words' `steps` the step is that is farthest from the event of interest. */
  readonly edges: Uint32Array;
  /** 1 for a journey that has steps beyond the last one asked for. */
  readonly goesOn: Uint8Array;
  /** How often each step of `steps` happened in a row; absent when every step is its own. */
  readonly repeats?: Uint16Array;
}

/** What cutting needs of the question. */
export type CutQuestion = Pick<
  JourneyFrequencyQuestion,
  'as' | 'steps' | 'occurrence' | 'anchor' | 'through' | 'repeats' | 'groups' | 'maxGapHours'
>;

/** Some of the journeys, in the order given. */
export function keepJourneys(cut: CutJourneys, kept: ArrayLike<number>): CutJourneys {
  return {
    ...cut,
    starts: pick(cut.starts, kept, new Uint32Array(kept.length)),
    ends: pick(cut.ends, kept, new Uint32Array(kept.length)),
    customers: pick(cut.customers, kept, new Uint32Array(kept.length)),
    anchors: pick(cut.anchors, kept, new Uint32Array(kept.length)),
    edges: pick(cut.edges, kept, new Uint32Array(kept.length)),
    goesOn: pick(cut.goesOn, kept, new Uint8Array(kept.length)),
  };
}

/** Typed arrays' own `from` with a function takes ten times as long. */
function pick<T extends Uint8Array | Uint32Array>(all: T, kept: ArrayLike<number>, into: T): T {
  for (let index = 0; index < kept.length; index++) into[index] = all[kept[index] as number] as number;
  return into;
}
