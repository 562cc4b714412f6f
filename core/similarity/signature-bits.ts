import type { StepCosts } from './step-costs';
import type { JourneyGroups } from '../journeys/group-journeys';
import type { JourneySlices } from '../journeys/slices';

export const SIGNATURE_BITS = 128;
/** A letter's first so many occurrences in a word can have a bit each. */
export const SIGNATURE_LEVELS = 4;

/** Bits that get one occurrence each; rarer and less telling ones share the others. */
const OWN_BITS = 96;
const SAMPLE = 50_000;

/**
 * Which bit of a signature says that a word has a letter (or one of its class) for the first, second, third or fourth
 * time. An edit takes at most one of these occurrences away, and brings at most one: so words differ by at least as many
 * edits as there are bits that only one of them has.
 */
export interface SignatureBits {
  /** The bit of a class's occurrence: `bits[class * SIGNATURE_LEVELS + level]`, levels from 0. */
  readonly bits: Uint8Array;
  /** The least that taking away or bringing an occurrence with this bit costs. */
  readonly costs: Float64Array;
}

/** Bits for the occurrences that tell words apart best, by how even the share of words with them is. */
export function chooseSignatureBits(slices: JourneySlices, groups: JourneyGroups, costs: StepCosts): SignatureBits {
  const shares = occurrenceShares(slices, groups, costs);
  const telling = Array.from(shares, (share, occurrence) => ({ occurrence, evenness: share * (1 - share) }))
    .filter(({ evenness }) => evenness > 0)
    .sort((a, b) => b.evenness - a.evenness || a.occurrence - b.occurrence);
  const own = telling.length <= SIGNATURE_BITS ? SIGNATURE_BITS : OWN_BITS;
  const bits = new Uint8Array(shares.length);
  for (let occurrence = 0; occurrence < bits.length; occurrence++) bits[occurrence] = sharedBit(occurrence, OWN_BITS);
  telling.forEach(({ occurrence }, rank) => {
    bits[occurrence] = rank < own ? rank : sharedBit(rank, own);
  });
  return { bits, costs: bitCosts(bits, costs) };
}

function sharedBit(number: number, own: number): number {
  return own + (number % (SIGNATURE_BITS - own));
}

/** The share of a sample of the words that have an occurrence. */
function occurrenceShares(slices: JourneySlices, groups: JourneyGroups, { classes, step }: StepCosts): Float64Array {
  const shares = new Float64Array(step.length * SIGNATURE_LEVELS);
  const stride = Math.max(1, Math.floor(groups.size / SAMPLE));
  const levels = new Uint16Array(step.length);
  let words = 0;
  for (let group = 0; group < groups.size; group += stride, words++) {
    const journey = groups.examples[group] as number;
    const letters = slices.steps.subarray(slices.starts[journey], slices.ends[journey]);
    for (const letter of letters) {
      const own = classes[letter] as number;
      const level = levels[own] as number;
      if (level < SIGNATURE_LEVELS) shares[own * SIGNATURE_LEVELS + level]!++;
      levels[own] = level + 1;
    }
    for (const letter of letters) levels[classes[letter] as number] = 0;
  }
  return shares.map((count) => count / Math.max(1, words));
}

function bitCosts(bits: Uint8Array, { least }: StepCosts): Float64Array {
  const costs = new Float64Array(SIGNATURE_BITS).fill(1);
  bits.forEach((bit, occurrence) => {
    const cost = least[Math.floor(occurrence / SIGNATURE_LEVELS)] as number;
    costs[bit] = Math.min(costs[bit] as number, cost);
  });
  return costs;
}
