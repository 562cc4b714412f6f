import { sharedUint32 } from '../../parallel/shared-arrays';
import { forEach, partsOf, type Task, type Work } from '../../parallel/work';
import { INEXACT } from '../records/field-kinds';
import { Numbering } from '../records/hashing';
import type { CandidatePairs } from '../blocking/candidate-pairs';
import { comparerOf, type ComparableRecords, type SharedRecords } from './kernel-comparer';
import { LevelPacking } from './pair-comparer';

/** The different outcomes of comparing pairs: few hundred to some ten thousand, however many pairs there are. */
export interface ComparisonVectors {
  readonly size: number;
  readonly fields: number;
  /** Levels, `fields` a vector. */
  readonly levels: Uint8Array;
  /** Pairs with each vector. */
  readonly counts: Float64Array;
  /** The vector of every pair. */
  readonly of: Uint32Array;
}

/** Pairs that are compared in one go: enough for most of the vectors to be met in every part. */
const PART = 524_288;
/** Pairs whose vectors are numbered while they are still near. */
const CHUNK = 16_384;

/** Compares every pair once. Vectors are numbered in the order they are met. */
export function* compareVectors(
  { table, kernel, comparer }: ComparableRecords,
  { size, a, b }: CandidatePairs,
): Work<ComparisonVectors> {
  const of = sharedUint32(size);
  const records = { table, ...(kernel === undefined ? {} : { kernel }) };
  const parts = partsOf(size, PART).map(({ from, to }) => ({
    pairs: { size: to - from, a: a.subarray(from, to), b: b.subarray(from, to) },
    of: of.subarray(from, to),
  }));
  const compared = yield* forEach(
    comparePart,
    parts.map((part) => ({ records, ...part })),
  );
  const { numbers, counts, renumbered } = together(compared);
  yield* forEach(
    renumberPart,
    parts.map((part, index) => ({ of: part.of, numbers: renumbered[index]! })),
  );
  const { packing } = comparer;
  const levels = new Uint8Array(numbers.size * packing.fields);
  for (let vector = 0; vector < numbers.size; vector++) {
    packing.unpack(numbers.values[vector] as number, levels, vector * packing.fields);
  }
  return { size: numbers.size, fields: packing.fields, levels, counts, of };
}

/** The vectors of some pairs, packed, in the order they are met there, and how many pairs have each. */
interface ComparedPart {
  readonly packed: Float64Array;
  readonly counts: Uint32Array;
}

/** Compares some pairs, and numbers the vectors that are met among them. */
export const comparePart: Task<{ records: SharedRecords; pairs: CandidatePairs; of: Uint32Array }, ComparedPart> = {
  name: 'compare pairs',
  run: ({ records, pairs: { size, a, b }, of }, thread) => {
    const comparer = comparerOf(records, thread);
    const numbers = new Numbering();
    for (let from = 0; from < size; from += CHUNK) {
      const packed = comparer.compare(a.subarray(from, from + CHUNK), b.subarray(from, from + CHUNK));
      for (let index = 0; index < packed.length; index++) {
        of[from + index] = numbers.numberOf(packed[index] as number);
      }
    }
    const counts = new Uint32Array(numbers.size);
    for (let pair = 0; pair < size; pair++) counts[of[pair] as number]!++;
    return { packed: numbers.values.slice(0, numbers.size), counts };
  },
};

/** Numbers the vectors of all parts, in the order they are met; by part, from its own numbers to those. */
function together(parts: readonly ComparedPart[]) {
  const numbers = new Numbering();
  const renumbered = parts.map(({ packed }) => Uint32Array.from(packed, (own) => numbers.numberOf(own)));
  const counts = new Float64Array(numbers.size);
  parts.forEach((part, index) => part.counts.forEach((own, vector) => (counts[renumbered[index]![vector]!]! += own)));
  return { numbers, counts, renumbered };
}

export const renumberPart: Task<{ of: Uint32Array; numbers: Uint32Array }, void> = {
  name: 'renumber vectors',
  run: ({ of, numbers }) => {
    for (let pair = 0; pair < of.length; pair++) of[pair] = numbers[of[pair] as number] as number;
  },
};

/** The same with all equal values alike: level 1, however rare they are. For learning, the vectors of pairs are left out. */
export function withoutRarity({ size, fields, levels, counts }: ComparisonVectors): Omit<ComparisonVectors, 'of'> {
  const numbers = new Numbering();
  const packing = new LevelPacking(fields);
  const merged = new Uint8Array(size * fields);
  const pairs = new Float64Array(size);
  const own = new Uint8Array(fields);
  for (let vector = 0; vector < size; vector++) {
    for (let field = 0; field < fields; field++) {
      const level = levels[vector * fields + field] as number;
      own[field] = level > 0 && level < INEXACT ? 1 : level;
    }
    const number = numbers.numberOf(packing.pack(own));
    merged.set(own, number * fields);
    pairs[number]! += counts[vector] as number;
  }
  return {
    size: numbers.size,
    fields,
    levels: merged.slice(0, numbers.size * fields),
    counts: pairs.slice(0, numbers.size),
  };
}
