import type { JourneyFrequencyAnswer, JourneyFrequencyQuestion } from '../../schemas/frequency';
import { codePointRanks } from '../text/code-points';
import { longestOf, type JourneySlices } from '../journeys/slices';

/** Counts by position, ordered by offset, then the most frequent step first, then by code points. */
export function countPositions(
  slices: JourneySlices,
  as: JourneyFrequencyQuestion['as'],
): JourneyFrequencyAnswer['positions'] {
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
  const positions: JourneyFrequencyAnswer['positions'] = [];
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
