import type { JourneyFrequencyAnswer, JourneyFrequencyQuestion } from '../../schemas/frequency';
import { longestOf, type JourneySlices } from '../journeys/slices';
import { codePointRanks } from '../text/code-points';
import type { CutJourneys } from './cut';

/** Counts by position, ordered by offset, then the most frequent step first, then by code points. */
export function countPositions(
  slices: JourneySlices & Pick<CutJourneys, 'distances'>,
  as: JourneyFrequencyQuestion['as'],
): JourneyFrequencyAnswer['positions'] {
  const { alphabet } = slices;
  const counts = slices.distances ?? countDistances(slices, as, longestOf(slices));
  const longest = rowsUsed(counts, alphabet.length);
  const ranks = codePointRanks(alphabet);
  const positions: JourneyFrequencyAnswer['positions'] = [];
  for (let position = 0; position < longest; position++) {
    const distance = as === 'end' ? longest - 1 - position : position;
    const row = counts.subarray(distance * alphabet.length, (distance + 1) * alphabet.length);
    const seen = alphabet.map((_, letter) => letter).filter((letter) => row[letter] !== 0);
    seen.sort((a, b) => (row[b] as number) - (row[a] as number) || (ranks[a] as number) - (ranks[b] as number));
    const offset = as === 'end' ? -distance || 0 : distance;
    for (const letter of seen) {
      positions.push({ offset, step: alphabet[letter] as string, count: row[letter] as number });
    }
  }
  return positions;
}

/** Every journey has a step at each distance up to its last one: the first row without any is beyond them all. */
function rowsUsed(counts: Uint32Array, letters: number): number {
  let rows = 0;
  while (rows * letters < counts.length && counts.subarray(rows * letters, (rows + 1) * letters).some((n) => n > 0))
    rows++;
  return rows;
}

/** How often each letter is so many steps from the event of interest: `distance * letters + letter`. */
function countDistances(
  { alphabet, steps, starts, ends }: JourneySlices,
  as: JourneyFrequencyQuestion['as'],
  longest: number,
): Uint32Array {
  const letters = alphabet.length;
  const counts = new Uint32Array(longest * letters);
  for (let journey = 0; journey < starts.length; journey++) {
    const start = starts[journey] as number;
    const end = ends[journey] as number;
    let cell = as === 'end' ? (end - start - 1) * letters : 0;
    const next = as === 'end' ? -letters : letters;
    for (let index = start; index < end; index++, cell += next) {
      const at = cell + (steps[index] as number);
      counts[at] = (counts[at] as number) + 1;
    }
  }
  return counts;
}
