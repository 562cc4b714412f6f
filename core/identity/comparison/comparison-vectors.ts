import { INEXACT } from '../records/field-kinds';
import { Numbering } from '../records/hashing';
import type { CandidatePairs } from '../blocking/candidate-pairs';
import { LevelPacking, type PairComparer } from './pair-comparer';

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

/** Pairs that are compared at a time. */
const CHUNK = 262_144;

/** Compares every pair once. Vectors are numbered in the order they are met. */
export function compareVectors(comparer: PairComparer, { size, a, b }: CandidatePairs): ComparisonVectors {
  const numbers = new Numbering();
  const of = new Uint32Array(size);
  for (let from = 0; from < size; from += CHUNK) {
    const to = Math.min(size, from + CHUNK);
    const packed = comparer.compare(a.subarray(from, to), b.subarray(from, to));
    for (let index = 0; index < packed.length; index++) {
      of[from + index] = numbers.numberOf(packed[index] as number);
    }
  }
  const counts = new Float64Array(numbers.size);
  for (let pair = 0; pair < size; pair++) counts[of[pair] as number]!++;
  const fields = comparer.packing.fields;
  const levels = new Uint8Array(numbers.size * fields);
  for (let vector = 0; vector < numbers.size; vector++) {
    comparer.packing.unpack(numbers.values[vector] as number, levels, vector * fields);
  }
  return { size: numbers.size, fields, levels, counts, of };
}

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
