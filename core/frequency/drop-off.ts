import type { JourneyFrequencyAnswer } from '../../schemas/frequency';
import { longestOf } from '../journeys/slices';
import type { CutJourneys } from './cut';

type DropOff = NonNullable<JourneyFrequencyAnswer['dropOff']>;

/**
 * At each position, the journeys that have a further step, looking away from the event of interest, and those that have
 * none. A journey that goes on beyond the last step asked for continues there.
 */
export function dropOff(cut: CutJourneys, as: 'start' | 'end'): DropOff {
  const { reached, beyond } = cut.distances === undefined ? countLengths(cut) : lengthsFrom(cut, cut.distances);
  return Array.from({ length: beyond.length - 1 }, (_, position) => {
    const continued = (reached[position + 2] ?? 0) + (beyond[position + 1] as number);
    return {
      offset: as === 'end' ? -position || 0 : position,
      continued,
      ended: (reached[position + 1] as number) - continued,
    };
  });
}

interface Lengths {
  /** Journeys of so many steps or more, by number of steps. */
  readonly reached: Uint32Array;
  /** Those of exactly so many steps that go on beyond them. */
  readonly beyond: Uint32Array;
}

function countLengths(cut: CutJourneys): Lengths {
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
  return { reached, beyond };
}

/** The same from steps counted by distance: each journey has one step at each, and only the longest go on. */
function lengthsFrom({ alphabet, goesOn }: CutJourneys, distances: Uint32Array): Lengths {
  const counts: number[] = [0];
  for (let from = 0; from < distances.length; from += alphabet.length) {
    const journeys = distances.subarray(from, from + alphabet.length).reduce((sum, count) => sum + count, 0);
    if (journeys === 0) break;
    counts.push(journeys);
  }
  const reached = Uint32Array.from(counts);
  const beyond = new Uint32Array(reached.length);
  let going = 0;
  for (let journey = 0; journey < goesOn.length; journey++) going += goesOn[journey] as number;
  if (reached.length > 1) beyond[reached.length - 1] = going;
  return { reached, beyond };
}
