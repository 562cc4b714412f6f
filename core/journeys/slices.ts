import { lettersArray, type JourneyWords } from './words';

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
  /** A hash of each journey's steps, where they were met anyway: equal journeys have equal hashes. */
  readonly hashes?: Uint32Array;
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

/** The names of a journey's steps. */
export function namesOf({ alphabet, steps, starts, ends }: JourneySlices, journey: number): string[] {
  return Array.from(steps.subarray(starts[journey], ends[journey]), (letter) => alphabet[letter] as string);
}

/** The last steps of every customer's word, at most `most` of them. */
export function lastSteps(
  { alphabet, steps, offsets }: Pick<JourneyWords, 'alphabet' | 'steps' | 'offsets'>,
  most: number,
): JourneySlices {
  const ends = offsets.subarray(1);
  const starts = new Uint32Array(ends.length);
  for (let customer = 0; customer < ends.length; customer++) {
    starts[customer] = Math.max(offsets[customer] as number, (ends[customer] as number) - most);
  }
  return { alphabet, steps, starts, ends };
}
