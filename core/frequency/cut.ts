import type { JourneyFrequencyQuestion } from '../../schemas/frequency';
import type { JourneySlices } from '../journeys/slices';

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
  /** How often each letter is so many steps from the event of interest, `distance * letters + letter`, if counted already. */
  readonly distances?: Uint32Array;
}

/** What cutting needs of the question. */
export type CutQuestion = Pick<
  JourneyFrequencyQuestion,
  'as' | 'steps' | 'occurrence' | 'anchor' | 'through' | 'repeats' | 'groups' | 'maxGapHours'
>;

/** Some of the journeys, in the order given. */
export function keepJourneys(cut: CutJourneys, kept: ArrayLike<number>): CutJourneys {
  const { alphabet, steps, repeats, hashes } = cut;
  return {
    ...{ alphabet, steps },
    ...(repeats === undefined ? {} : { repeats }),
    ...(hashes === undefined ? {} : { hashes: pick(hashes, kept, new Uint32Array(kept.length)) }),
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
