import { levelCount } from '../comparison/agreement-levels';
import { INEXACT } from '../records/field-kinds';
import { randomNumbers } from '../../statistics/random-numbers';
import type { ComparableRecords } from '../comparison/kernel-comparer';
import type { PairComparer } from '../comparison/pair-comparer';
import type { RecordTable } from '../records/record-table';
import { RARITIES, type ValueRarity } from '../records/value-rarity';

/** What two records at random have in common. */
export interface ChanceAgreement {
  /** All pairs there are; of two files, those with a record of each. */
  readonly pairs: number;
  /** By field and level: how often it happens where both values are there; of level 0, 1. */
  readonly levels: readonly Float64Array[];
  /** By which fields are missing in a pair (a bit each): how many pairs there are. */
  readonly missing: ReadonlyMap<number, number>;
  /** By field and rarity: the share of the records with a value that have such a value. */
  readonly shares: readonly Float64Array[];
}

const RANDOM_PAIRS = 100_000;
/** As if every level had been met half a time: what was not met in a sample is rare, not impossible. */
const HALF = 0.5;

/**
 * How often records agree by chance (the u-probabilities of Fellegi and Sunter 1969): equality counted exactly from the
 * values' frequencies, the other levels from random pairs.
 */
export function chanceAgreement(
  { table, comparer }: ComparableRecords,
  rarities: readonly ValueRarity[],
  seed: number,
): ChanceAgreement {
  const pairs = pairsOf(table);
  const counts = sampleLevels(table, comparer, seed);
  const levels = rarities.map(({ chance }, field) => chanceLevels(chance, counts[field] as Float64Array, pairs));
  return { pairs, levels, missing: missingPatterns(table), shares: rarities.map(({ shares }) => shares) };
}

/** @param sampled how often each level was met among random pairs */
function chanceLevels(exact: Float64Array, sampled: Float64Array, pairs: number): Float64Array {
  const levels = new Float64Array(sampled.length);
  levels[0] = 1;
  let all = 0;
  for (let rarity = 0; rarity < RARITIES; rarity++) {
    levels[1 + rarity] = Math.max(exact[rarity]!, HALF / pairs);
    all += levels[1 + rarity]!;
  }
  let rest = 0;
  for (let level = INEXACT; level < levels.length; level++) rest += sampled[level]! + HALF;
  for (let level = INEXACT; level < levels.length; level++) {
    levels[level] = ((sampled[level]! + HALF) / rest) * Math.max(1 - all, 1e-9);
  }
  return levels;
}

function pairsOf({ records, files }: RecordTable): number {
  if (files === undefined) return (records * (records - 1)) / 2;
  const second = files.reduce((sum, file) => sum + file, 0);
  return second * (records - second);
}

function sampleLevels({ records, files, layout }: RecordTable, comparer: PairComparer, seed: number): Float64Array[] {
  const counts = layout.map(({ field }) => new Float64Array(levelCount(field)));
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
