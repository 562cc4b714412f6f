import type { JourneyFrequencyAnswer } from '../../schemas/frequency';
import { longestOf } from '../journeys/slices';
import type { CutJourneys } from './cut';

type DropOff = NonNullable<JourneyFrequencyAnswer['dropOff']>;

/**
 * At each position, the journeys that have a further step, looking away from the event of interest, and those that have
 * none. A journey that goes on beyond the last step asked for continues there.
 */
export function dropOff(cut: CutJourneys, as: 'start' | 'end'): DropOff {
  const { starts, ends, goesOn } = cut;
  const longest = longestOf(cut);
  const reached = new Uint32Array(longest + 1);
  const beyond = new Uint32Array(longest + 1);
  for (let journey = 0; journey < starts.length; journey++) {
    const length = (ends[journey] as number) - (starts[journey] as number);
    reached[length] = (reached[length] as number) + 1;
    beyond[length] = (beyond[length] as number) + (goesOn[journey] as number);
  }
  // From journeys of a length to journeys of at least a length.
  for (let length = longest - 1; length > 0; length--) {
    reached[length] = (reached[length] as number) + (reached[length + 1] as number);
  }
  return Array.from({ length: longest }, (_, position) => {
    const continued = (reached[position + 2] ?? 0) + (beyond[position + 1] as number);
    return {
      offset: as === 'end' ? -position || 0 : position,
      continued,
      ended: (reached[position + 1] as number) - continued,
    };
  });
}
