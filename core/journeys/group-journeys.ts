import type { JourneySlices, Letters } from './slices';

/** Groups of equal journeys. */
export interface JourneyGroups {
  readonly size: number;
  /** How many journeys a group has, and the number of one of them. */
  readonly counts: Uint32Array;
  readonly examples: Uint32Array;
  /** The journeys that were grouped, and the group of each. */
  readonly journeys: Uint32Array;
  readonly of: Uint32Array;
}

/** Groups equal journeys by open addressing over typed arrays: nothing is allocated per journey. */
export function groupEqual(
  { steps, starts, ends }: JourneySlices,
  hashes: Uint32Array,
  journeys: Uint32Array,
): JourneyGroups {
  const mask = tableSize(journeys.length) - 1;
  const table = new Uint32Array(mask + 1); // group number + 1; 0 is a free place
  const counts = new Uint32Array(journeys.length);
  const examples = new Uint32Array(journeys.length);
  const of = new Uint32Array(journeys.length);
  let size = 0;
  for (let index = 0; index < journeys.length; index++) {
    const journey = journeys[index] as number;
    const hash = hashes[journey] as number;
    const start = starts[journey] as number;
    const length = (ends[journey] as number) - start;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const group = (table[place] as number) - 1;
      if (group < 0) {
        table[place] = size + 1;
        counts[size] = 1;
        examples[size] = journey;
        of[index] = size++;
        break;
      }
      const example = examples[group] as number;
      if (hashes[example] !== hash) continue;
      const other = starts[example] as number;
      if ((ends[example] as number) - other === length && isEqual(steps, start, other, length)) {
        counts[group] = (counts[group] as number) + 1;
        of[index] = group;
        break;
      }
    }
  }
  return { size, counts, examples, journeys, of };
}

/** Groups all journeys. */
export function groupAll(slices: JourneySlices): JourneyGroups {
  const journeys = new Uint32Array(slices.starts.length);
  for (let journey = 0; journey < journeys.length; journey++) journeys[journey] = journey;
  return groupEqual(slices, hashesOf(slices), journeys);
}

/** A hash a journey. */
export function hashesOf({ steps, starts, ends, hashes: known }: JourneySlices): Uint32Array {
  if (known !== undefined) return known;
  const hashes = new Uint32Array(starts.length);
  for (let journey = 0; journey < hashes.length; journey++) {
    const start = starts[journey] as number;
    const end = ends[journey] as number;
    let hash = end - start;
    for (let index = start; index < end; index++) hash = hashStep(hash, steps[index] as number);
    hashes[journey] = finishHash(hash);
  }
  return hashes;
}

/** Adds a step to a hash that began with the journey's length, by multiplication with the golden ratio's 32 bits. */
export function hashStep(hash: number, letter: number): number {
  const mixed = Math.imul(hash ^ letter, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** The finalizer of MurmurHash3 (A. Appleby): 32 bits, every one of which depends on every step. */
export function finishHash(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A power of two that leaves at least half of the places free. */
function tableSize(entries: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(entries, 1) * 2));
}

function isEqual(steps: Letters, a: number, b: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (steps[a + index] !== steps[b + index]) return false;
  return true;
}
