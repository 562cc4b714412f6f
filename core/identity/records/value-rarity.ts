import type { RecordTable } from './record-table';
import type { EqualGroups } from './equal-groups';

/**
 * Equal values are told apart by how often they are met: two records of a rare name are one person sooner than two of a
 * common one (term frequencies, as levels). Numbered as the levels of equal values are: usual, rare, common.
 */
export const RARITIES = 3;
const USUAL = 0;
const RARE = 1;
const COMMON = 2;
/** From the rarest to the most common. */
export const raritiesInOrder: readonly number[] = [RARE, USUAL, COMMON];
/** A value this many times as frequent as usual, or as rare, is another level. */
const TIMES = 2;

/** How often values of a field are equal. */
export interface ValueRarity {
  /** By rarity: the share of pairs with equal values of it, among those that have both. */
  readonly chance: Float64Array;
  /** By rarity: the share of the records with a value that have such a value. */
  readonly shares: Float64Array;
}

/** The upper bits of a value's code are its rarity, so that equal codes tell it. */
const RARITY_SHIFT = 30;

/**
 * A code is so many times the rarity of its value, and the hash. The shift itself stays in this module: an export is
 * looked up whenever it is used, which made blocking a million records 0.7 s slower.
 */
export const CODES_PER_RARITY = 2 ** RARITY_SHIFT;

/** The code of a usual value: 30 bits of its hash; 0 stays that of no value. */
export function usualCode(hash: number): number {
  return hash === 0 ? 0 : hash & (2 ** RARITY_SHIFT - 1) || 1;
}

/** The level of two equal values, by their code. */
export function exactLevel(code: number): number {
  return 1 + rarityOfCode(code);
}

/** Where a level of agreement stands among those of its field, the best first; of one that is not missing. */
export function rankOfLevel(level: number): number {
  return level <= RARITIES ? raritiesInOrder.indexOf(level - 1) : level;
}

export function rarityOfCode(code: number): number {
  return code >>> RARITY_SHIFT;
}

/** The code of a value that is there, as one of another rarity. */
export function codeWithRarity(code: number, rarity: number): number {
  return ((code & (2 ** RARITY_SHIFT - 1)) | (rarity << RARITY_SHIFT)) >>> 0;
}

/**
 * Tells how often values of a field are equal, and writes into the codes of rare and common ones that they are.
 *
 * @param groups records by their value of the field
 */
export function markRarity(table: RecordTable, field: number, { count, places, starts }: EqualGroups): ValueRarity {
  const all = Math.max(1, pairsAmong(places, 0, places.length, table.files));
  const pairs = new Float64Array(count);
  for (let group = 0; group < count; group++) {
    pairs[group] = pairsAmong(places, starts[group] as number, starts[group + 1] as number, table.files);
  }
  // Where no two are equal, the next pair may be the first.
  const usual = Math.max(pairs.reduce((sum, own) => sum + own, 0) / all, 2 / Math.max(places.length, 1));
  const chance = new Float64Array(RARITIES);
  const shares = new Float64Array(RARITIES);
  for (let group = 0; group < count; group++) {
    const [from, to] = [starts[group] as number, starts[group + 1] as number];
    const share = (to - from) / places.length;
    const rarity = rarityOf(share / usual);
    chance[rarity]! += pairs[group]! / all;
    shares[rarity]! += share;
    if (rarity === USUAL) continue;
    for (let at = from; at < to; at++) markRecord(table, field, places[at] as number, rarity);
  }
  return { chance, shares };
}

/** @param times how many times as frequent as usual a value is */
function rarityOf(times: number): number {
  return times < 1 / TIMES ? RARE : times < TIMES ? USUAL : COMMON;
}

function markRecord({ codes, stride }: RecordTable, field: number, record: number, rarity: number): void {
  const word = record * (stride >>> 2) + field;
  codes[word] = codeWithRarity(codes[word] as number, rarity);
}

/** How many pairs some of the records make, those from one place to another; of two files, those with a record of each. */
function pairsAmong(records: Uint32Array, from: number, to: number, files: Uint8Array | undefined): number {
  const count = to - from;
  if (files === undefined) return (count * (count - 1)) / 2;
  let second = 0;
  for (let place = from; place < to; place++) second += files[records[place] as number] as number;
  return second * (count - second);
}
