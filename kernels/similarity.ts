/**
 * The search of core/similarity/scan-words.ts in WebAssembly. All memory is laid out by the caller; the functions only
 * read and write where they are told to. Numbers of words and distances found are written one after the other.
 */

/** Finds the words of one length at most `most` edits from the pattern, and returns how many there are. */
export function scan8(
  signatures: usize,
  first: u32,
  end: u32,
  letters: usize,
  length: u32,
  pattern: usize,
  most: i32,
  words: usize,
  distances: usize,
): u32 {
  return scan<u8>(signatures, first, end, letters, length, pattern, most, words, distances);
}

export function scan16(
  signatures: usize,
  first: u32,
  end: u32,
  letters: usize,
  length: u32,
  pattern: usize,
  most: i32,
  words: usize,
  distances: usize,
): u32 {
  return scan<u16>(signatures, first, end, letters, length, pattern, most, words, distances);
}

/** A pattern for `scan`: its signature (two u64), its length, blocks of 64 letters, and the addresses of what follows. */
@unmanaged
class Pattern {
  low: u64;
  high: u64;
  length: u32;
  blocks: u32;
  /** The places of each letter in the pattern: `blocks` u64 a letter. */
  places: u32;
  /** Room for two u64 a block. */
  columns: u32;
}

// @ts-ignore: a decorator
@inline
function scan<T>(
  signatures: usize,
  first: u32,
  end: u32,
  letters: usize,
  length: u32,
  patternAt: usize,
  most: i32,
  words: usize,
  distances: usize,
): u32 {
  const pattern = changetype<Pattern>(patternAt);
  const low = pattern.low;
  const high = pattern.high;
  const isShort = pattern.blocks == 1;
  let found: u32 = 0;
  for (let word = first; word < end; word++) {
    const otherLow = load<u64>(signatures);
    const otherHigh = load<u64>(signatures, 8);
    signatures += 16;
    if (<i32>(popcnt(low & ~otherLow) + popcnt(high & ~otherHigh)) > most) continue;
    if (<i32>(popcnt(otherLow & ~low) + popcnt(otherHigh & ~high)) > most) continue;
    const start = letters + <usize>(word - first) * <usize>length * sizeof<T>();
    const distance = isShort
      ? shortDistance<T>(pattern, start, length, most)
      : longDistance<T>(pattern, start, length, most);
    if (distance > most) continue;
    store<u32>(words + <usize>found * 4, word);
    store<f64>(distances + <usize>found * 8, <f64>distance);
    found++;
  }
  return found;
}

/** Myers 1999, for patterns of up to 64 letters. */
// @ts-ignore: a decorator
@inline
function shortDistance<T>(pattern: Pattern, text: usize, length: u32, most: i32): i32 {
  const places = <usize>pattern.places;
  const lastBit: u64 = (<u64>1) << (pattern.length - 1);
  let positive: u64 = ~(<u64>0);
  let negative: u64 = 0;
  let distance = <i32>pattern.length;
  for (let left = <i32>length - 1; left >= 0; left--) {
    const equal = load<u64>(places + (<usize>load<T>(text) << 3));
    text += sizeof<T>();
    const diagonal = (((equal & positive) + positive) ^ positive) | equal | negative;
    let up = negative | ~(diagonal | positive);
    let down = positive & diagonal;
    distance += <i32>((up & lastBit) != 0) - <i32>((down & lastBit) != 0);
    up = (up << 1) | 1;
    down <<= 1;
    positive = down | ~(diagonal | up);
    negative = up & diagonal;
    if (distance - left > most) return most + 1;
  }
  return distance;
}

/** Hyyrö 2003, for longer ones: block by block, with the difference at the edge carried on. */
function longDistance<T>(pattern: Pattern, text: usize, length: u32, most: i32): i32 {
  const blocks = pattern.blocks;
  const columns = <usize>pattern.columns;
  for (let block: u32 = 0; block < blocks; block++) {
    store<u64>(columns + (<usize>block << 4), ~(<u64>0));
    store<u64>(columns + (<usize>block << 4), 0, 8);
  }
  const lastBit: u64 = (<u64>1) << ((pattern.length - 1) & 63);
  let distance = <i32>pattern.length;
  for (let left = <i32>length - 1; left >= 0; left--) {
    const row = <usize>pattern.places + <usize>load<T>(text) * <usize>blocks * 8;
    text += sizeof<T>();
    let carry: i32 = 1;
    for (let block: u32 = 0; block < blocks; block++) {
      const column = columns + (<usize>block << 4);
      const edgeBit = block == blocks - 1 ? lastBit : (<u64>1) << 63;
      const positive = load<u64>(column);
      const negative = load<u64>(column, 8);
      const places = load<u64>(row + (<usize>block << 3));
      const equal = carry < 0 ? places | 1 : places;
      const vertical = places | negative;
      const diagonal = (((equal & positive) + positive) ^ positive) | equal;
      let up = negative | ~(diagonal | positive);
      let down = positive & diagonal;
      const out = <i32>((up & edgeBit) != 0) - <i32>((down & edgeBit) != 0);
      up = (up << 1) | <u64>(carry > 0);
      down = (down << 1) | <u64>(carry < 0);
      store<u64>(column, down | ~(vertical | up));
      store<u64>(column, up & vertical, 8);
      carry = out;
    }
    distance += carry;
    if (distance - left > most) return most + 1;
  }
  return distance;
}

/** What weighted edits cost, by letter, and a pattern for `scanWeighted`. */
@unmanaged
class Weighted {
  low: u64;
  high: u64;
  /** What the whole pattern costs; how dissimilar words may be; what a binary rounding may come to. */
  cost: f64;
  dissimilarity: f64;
  rounding: f64;
  length: u32;
  /** Bits that cost the same: `tiers` times a cost and a mask of two u64. */
  tiers: u32;
  tierTable: u32;
  /** The pattern, two bytes a letter. */
  letters: u32;
  /** f64 a letter of the alphabet; u16 a letter; f64 a pair of numbered letters, `size` a row. */
  step: u32;
  paired: u32;
  exchange: u32;
  size: u32;
  /** Room for one f64 more than the pattern has letters. */
  row: u32;
}

export function scanWeighted8(
  signatures: usize,
  first: u32,
  end: u32,
  letters: usize,
  length: u32,
  pattern: usize,
  roughly: f64,
  words: usize,
  distances: usize,
): u32 {
  return scanWeighted<u8>(signatures, first, end, letters, length, pattern, roughly, words, distances);
}

export function scanWeighted16(
  signatures: usize,
  first: u32,
  end: u32,
  letters: usize,
  length: u32,
  pattern: usize,
  roughly: f64,
  words: usize,
  distances: usize,
): u32 {
  return scanWeighted<u16>(signatures, first, end, letters, length, pattern, roughly, words, distances);
}

// @ts-ignore: a decorator
@inline
function scanWeighted<T>(
  signatures: usize,
  first: u32,
  end: u32,
  letters: usize,
  length: u32,
  patternAt: usize,
  roughly: f64,
  words: usize,
  distances: usize,
): u32 {
  const pattern = changetype<Weighted>(patternAt);
  let found: u32 = 0;
  for (let word = first; word < end; word++, signatures += 16) {
    if (isFar(pattern, load<u64>(signatures), load<u64>(signatures, 8), roughly)) continue;
    const start = letters + <usize>(word - first) * <usize>length * sizeof<T>();
    const cost = max(pattern.cost, costOf<T>(<usize>pattern.step, start, length));
    const most = cost * pattern.dissimilarity + pattern.rounding;
    const distance = weightedDistance<T>(pattern, start, length, most);
    if (distance > most) continue;
    store<u32>(words + <usize>found * 4, word);
    store<f64>(distances + <usize>found * 8, distance);
    found++;
  }
  return found;
}

// @ts-ignore: a decorator
@inline
function isFar(pattern: Weighted, otherLow: u64, otherHigh: u64, roughly: f64): bool {
  const low = pattern.low;
  const high = pattern.high;
  let taken: f64 = 0;
  let brought: f64 = 0;
  let tier = <usize>pattern.tierTable;
  for (let left = pattern.tiers; left > 0; left--, tier += 24) {
    const cost = load<f64>(tier);
    const differLow = (low ^ otherLow) & load<u64>(tier, 8);
    const differHigh = (high ^ otherHigh) & load<u64>(tier, 16);
    taken += cost * <f64>(popcnt(differLow & low) + popcnt(differHigh & high));
    brought += cost * <f64>(popcnt(differLow & otherLow) + popcnt(differHigh & otherHigh));
  }
  return taken > roughly || brought > roughly;
}

// @ts-ignore: a decorator
@inline
function costOf<T>(step: usize, text: usize, length: u32): f64 {
  let cost: f64 = 0;
  for (let left = length; left > 0; left--, text += sizeof<T>()) cost += load<f64>(step + (<usize>load<T>(text) << 3));
  return cost;
}

/** Wagner and Fischer 1974, in one row; it ends when no cell of the row is as cheap as `most`. */
function weightedDistance<T>(pattern: Weighted, text: usize, length: u32, most: f64): f64 {
  const step = <usize>pattern.step;
  const paired = <usize>pattern.paired;
  const row = <usize>pattern.row;
  const own = <usize>pattern.letters;
  const n = <usize>pattern.length;
  store<f64>(row, 0);
  for (let i: usize = 0; i < n; i++) {
    store<f64>(row + (i << 3), load<f64>(row + (i << 3)) + load<f64>(step + (<usize>load<u16>(own + (i << 1)) << 3)), 8);
  }
  for (let j: u32 = 0; j < length; j++, text += sizeof<T>()) {
    const letter = <u32>load<T>(text);
    const insertion = load<f64>(step + (<usize>letter << 3));
    const second = <u32>load<u16>(paired + (<usize>letter << 1));
    let diagonal = load<f64>(row);
    let left = diagonal + insertion;
    let least = left;
    store<f64>(row, left);
    for (let i: usize = 0; i < n; i++) {
      const ownLetter = <u32>load<u16>(own + (i << 1));
      const ownStep = load<f64>(step + (<usize>ownLetter << 3));
      const above = load<f64>(row + (i << 3), 8);
      let exchange: f64 = 0;
      if (ownLetter != letter) {
        const firstPaired = <u32>load<u16>(paired + (<usize>ownLetter << 1));
        exchange =
          firstPaired > 0 && second > 0
            ? load<f64>(<usize>pattern.exchange + (<usize>(firstPaired * pattern.size + second) << 3))
            : max(ownStep, insertion);
      }
      const cell = min(min(diagonal + exchange, left + ownStep), above + insertion);
      store<f64>(row + (i << 3), cell, 8);
      diagonal = above;
      left = cell;
      least = min(least, cell);
    }
    if (least > most) return Infinity;
  }
  return load<f64>(row + (n << 3));
}
