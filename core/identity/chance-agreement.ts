import { levelCount } from './field-kinds';
import { randomNumbers } from './random-numbers';
import type { ComparableRecords } from './kernel-comparer';
import type { PairComparer } from './pair-comparer';
import type { RecordTable } from './record-table';
import { sortedOrder } from './sorted-order';

/** What two records at random have in common. */
export interface ChanceAgreement {
  /** All pairs there are; of two files, those with a record of each. */
  readonly pairs: number;
  /** By field and level: how often it happens where both values are there; of level 0, 1. */
  readonly levels: readonly Float64Array[];
  /** By which fields are missing in a pair (a bit each): how many pairs there are. */
  readonly missing: ReadonlyMap<number, number>;
}

const RANDOM_PAIRS = 100_000;
/** As if every level had been met half a time: what was not met in a sample is rare, not impossible. */
const HALF = 0.5;

/**
 * How often records agree by chance (the u-probabilities of Fellegi and Sunter 1969): equality counted exactly from the
 * values' frequencies, the other levels from random pairs.
 */
export function chanceAgreement({ table, comparer }: ComparableRecords, seed: number): ChanceAgreement {
  const pairs = pairsOf(table);
  const counts = sampleLevels(table, comparer, seed);
  const levels = table.layout.map(({ kind }, field) => {
    const exact = exactShare(table, field);
    const own = new Float64Array(levelCount(kind));
    const sampled = counts[field] as Float64Array;
    let rest = 0;
    for (let level = 2; level < own.length; level++) rest += sampled[level]! + HALF;
    for (let level = 2; level < own.length; level++) own[level] = ((sampled[level]! + HALF) / rest) * (1 - exact);
    own[0] = 1;
    own[1] = exact;
    return own;
  });
  return { pairs, levels, missing: missingPatterns(table) };
}

function pairsOf({ records, files }: RecordTable): number {
  if (files === undefined) return (records * (records - 1)) / 2;
  const second = files.reduce((sum, file) => sum + file, 0);
  return second * (records - second);
}

function sampleLevels({ records, files, layout }: RecordTable, comparer: PairComparer, seed: number): Float64Array[] {
  const counts = layout.map(({ kind }) => new Float64Array(levelCount(kind)));
  const random = randomNumbers(seed + 1);
  const a = new Uint32Array(RANDOM_PAIRS);
  const b = new Uint32Array(RANDOM_PAIRS);
  let size = 0;
  for (let sample = 0; sample < RANDOM_PAIRS; sample++) {
    a[size] = Math.floor(random() * records);
    b[size] = Math.floor(random() * records);
    const isPair = a[size] !== b[size] && (files === undefined || files[a[size]!] !== files[b[size]!]);
    if (isPair) size++;
  }
  for (const packed of comparer.compare(a.subarray(0, size), b.subarray(0, size))) {
    comparer.packing.unpack(packed).forEach((level, field) => counts[field]![level]!++);
  }
  return counts;
}

/** The share of pairs with equal values among those that have both. */
function exactShare({ keys, files }: RecordTable, field: number): number {
  const { values } = keys.find((key) => key.field === field && !key.isCoarse)!;
  const order = sortedOrder(values);
  let equal = 0;
  const present = [0, 0];
  for (let start = 0; start < order.length;) {
    const value = values[order[start] as number];
    const inFile = [0, 0];
    let end = start;
    for (; end < order.length && values[order[end] as number] === value; end++) {
      inFile[files?.[order[end] as number] ?? 0]!++;
    }
    if (value !== 0) {
      equal += files === undefined ? (inFile[0]! * (inFile[0]! - 1)) / 2 : inFile[0]! * inFile[1]!;
      present[0]! += inFile[0]!;
      present[1]! += inFile[1]!;
    }
    start = end;
  }
  const pairs = files === undefined ? (present[0]! * (present[0]! - 1)) / 2 : present[0]! * present[1]!;
  // Where no two are equal, one pair more would be the first.
  return Math.min(1 - 1e-9, Math.max(equal, HALF) / Math.max(pairs, 1));
}

/** Counted from the patterns of the single records. */
function missingPatterns({ records, layout, codes, stride, files }: RecordTable): Map<number, number> {
  const ofRecords: [Map<number, number>, Map<number, number>] = [new Map(), new Map()];
  for (let record = 0; record < records; record++) {
    const at = (record * stride) >>> 2;
    let missing = 0;
    for (let field = 0; field < layout.length; field++) if (codes[at + field] === 0) missing |= 1 << field;
    const own = ofRecords[files?.[record] ?? 0]!;
    own.set(missing, (own.get(missing) ?? 0) + 1);
  }
  const patterns = new Map<number, number>();
  const add = (pattern: number, pairs: number) => patterns.set(pattern, (patterns.get(pattern) ?? 0) + pairs);
  const first = [...ofRecords[0]];
  if (files !== undefined) {
    for (const [a, countA] of first) for (const [b, countB] of ofRecords[1]) add(a | b, countA * countB);
    return patterns;
  }
  first.forEach(([a, countA], index) => {
    add(a, (countA * (countA - 1)) / 2);
    for (const [b, countB] of first.slice(index + 1)) add(a | b, countA * countB);
  });
  return patterns;
}

/** Which fields are missing in a vector, a bit each. */
export function missingOf(levels: Uint8Array, start: number, fields: number): number {
  let missing = 0;
  for (let field = 0; field < fields; field++) if (levels[start + field] === 0) missing |= 1 << field;
  return missing;
}
