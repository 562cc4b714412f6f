/**
 * `compareRecords` of core/identity/compare-records.ts in WebAssembly, for many pairs at a time. All memory is laid out by
 * the caller: a table of records, and what its fields are.
 */

/** What `comparePairs` needs to know of the table. */
@unmanaged
class Table {
  bytes: u32;
  stride: u32;
  fields: u32;
  /** A `Field` each. */
  layout: u32;
  /** The fields of given and family names; beyond all fields where there are none. */
  given: u32;
  family: u32;
}

@unmanaged
class Field {
  comparison: u32;
  /** Where the length of the text is in a record. */
  text: u32;
}

const FIELD_BYTES: usize = 8;
/** Bits of the packed number for each level: `MOST_LEVELS` of field-kinds. */
const LEVEL_BITS: u32 = 3;
const LEVEL: u64 = (1 << LEVEL_BITS) - 1;

// The order of `comparisonNumbers`.
const NAME: u32 = 0;
const DATE: u32 = 1;
const PHONE: u32 = 2;
const EMAIL: u32 = 3;
const CODE: u32 = 4;
const POSTCODE: u32 = 5;
const STREET: u32 = 6;
const CITY: u32 = 7;
const NUMBER: u32 = 8;
const CATEGORY: u32 = 9;
const TEXT: u32 = 10;
const FULLNAME: u32 = 11;
const NAME_BY_EDITS: u32 = 12;
const TEXT_BY_EDITS: u32 = 13;

/** The first level of unequal values; `INEXACT` of field-kinds. */
const INEXACT: u8 = 4;
const SWAPPED: u8 = INEXACT;
/** Codes are a hash and, in the upper bits, the rarity of the value. */
const RARITY_SHIFT: u32 = 30;
const HASH: u32 = (1 << RARITY_SHIFT) - 1;

/** Pairs whose records are fetched together: they fit into the nearest cache. */
const FETCHED: u32 = 16;
/** What memory is fetched by. */
const LINE_BYTES: usize = 64;

/** Writes the levels of every pair, packed into one number. */
export function comparePairs(tableAt: usize, a: usize, b: usize, count: u32, packed: usize): void {
  const table = changetype<Table>(tableAt);
  for (let first: u32 = 0; first < count; first += FETCHED) {
    const at = <usize>first << 2;
    const own = min(FETCHED, count - first);
    // Stored so that the fetching is not taken for idle; what is there is overwritten.
    store<u32>(packed + (at << 1), fetchRecords(table, a + at, own) ^ fetchRecords(table, b + at, own));
    compareFetched(table, a + at, b + at, own, packed + (at << 1));
  }
}

/** Reads a byte of every line of some records, so that memory is waited for once and not line by line. */
function fetchRecords(table: Table, records: usize, count: u32): u32 {
  const bytes = <usize>table.bytes;
  const stride = <usize>table.stride;
  let read: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const record = bytes + <usize>load<u32>(records + (<usize>index << 2)) * stride;
    for (let line: usize = 0; line < stride; line += LINE_BYTES) read ^= load<u8>(record + line);
  }
  return read;
}

function compareFetched(table: Table, a: usize, b: usize, count: u32, packed: usize): void {
  const bytes = table.bytes;
  const stride = table.stride;
  const fields = table.fields;
  const layout = table.layout;
  const given = table.given;
  for (let pair: u32 = 0; pair < count; pair++) {
    const recordA = <usize>bytes + <usize>load<u32>(a + (<usize>pair << 2)) * stride;
    const recordB = <usize>bytes + <usize>load<u32>(b + (<usize>pair << 2)) * stride;
    let levels: u64 = 0;
    for (let index: u32 = 0; index < fields; index++) {
      const codeA = load<u32>(recordA + (<usize>index << 2));
      const codeB = load<u32>(recordB + (<usize>index << 2));
      if (codeA == 0 || codeB == 0) continue;
      const field = changetype<Field>(<usize>layout + <usize>index * FIELD_BYTES);
      const level = codeA == codeB ? 1 + (codeA >>> RARITY_SHIFT) : <u32>inexactLevel(field, recordA, recordB);
      levels |= <u64>level << (index * LEVEL_BITS);
    }
    if (given < fields) levels = swappedLevels(table, recordA, recordB, levels);
    store<f64>(packed + (<usize>pair << 3), <f64>levels);
  }
}

function inexactLevel(field: Field, recordA: usize, recordB: usize): u8 {
  if (field.comparison == CATEGORY) return INEXACT;
  const a = recordA + field.text;
  const b = recordB + field.text;
  return textLevel(field.comparison, a + 1, load<u8>(a), b + 1, load<u8>(b));
}

function swappedLevels(table: Table, recordA: usize, recordB: usize, levels: u64): u64 {
  const given = <usize>table.given;
  const family = <usize>table.family;
  const ofGiven = <u64>(table.given * LEVEL_BITS);
  const ofFamily = <u64>(table.family * LEVEL_BITS);
  if (((levels >> ofGiven) & LEVEL) <= SWAPPED || ((levels >> ofFamily) & LEVEL) <= SWAPPED) return levels;
  if (!isSameValue(load<u32>(recordA + (given << 2)), load<u32>(recordB + (family << 2)))) return levels;
  if (!isSameValue(load<u32>(recordA + (family << 2)), load<u32>(recordB + (given << 2)))) return levels;
  const others = levels & ~((LEVEL << ofGiven) | (LEVEL << ofFamily));
  return others | (<u64>SWAPPED << ofGiven) | (<u64>SWAPPED << ofFamily);
}

/** The rarity of a value is its field's, and not compared. */
function isSameValue(a: u32, b: u32): bool {
  return ((a ^ b) & HASH) == 0;
}

/** `agreementLevels`, level by level. */
function textLevel(comparison: u32, a: usize, lengthA: i32, b: usize, lengthB: i32): u8 {
  switch (comparison) {
    case NAME: {
      if (isNickname(a + NICKNAMES, b + NICKNAMES)) return INEXACT;
      if (lengthA == 1 || lengthB == 1) return load<u8>(a) == load<u8>(b) ? INEXACT + 2 : INEXACT + 3;
      if (isBelow(a, lengthA, b, lengthB, 0.8)) return INEXACT + 3;
      const similarity = jaroWinkler(a, lengthA, b, lengthB);
      return INEXACT + (similarity >= 0.92 ? 1 : similarity >= 0.8 ? 2 : 3);
    }
    case DATE:
      return dateLevel(a, lengthA, b, lengthB);
    case EMAIL:
      return emailLevel(a, lengthA, b, lengthB);
    case NAME_BY_EDITS:
      return nameEditLevel(a, lengthA, b, lengthB);
    case CODE:
    case TEXT_BY_EDITS:
      return editLevel(editsUpToTwo(a, lengthA, b, lengthB), 2);
    case PHONE:
    case POSTCODE:
    case NUMBER:
      return editLevel(editsUpToOne(a, lengthA, b, lengthB), 1);
    case FULLNAME: {
      const similarity = wordSimilarity(a, lengthA, b, lengthB);
      return INEXACT + (similarity >= 0.94 ? 0 : similarity >= 0.87 ? 1 : similarity >= 0.78 ? 2 : 3);
    }
    case TEXT: {
      const similarity = wordSimilarity(a, lengthA, b, lengthB);
      return INEXACT + (similarity >= 0.92 ? 0 : similarity >= 0.8 ? 1 : 2);
    }
    case CITY:
      if (isBelow(a, lengthA, b, lengthB, 0.9)) return INEXACT + 1;
      return jaroWinkler(a, lengthA, b, lengthB) >= 0.9 ? INEXACT : INEXACT + 1;
    default: {
      if (isBelow(a, lengthA, b, lengthB, 0.8)) return INEXACT + 2;
      const similarity = jaroWinkler(a, lengthA, b, lengthB);
      return INEXACT + (similarity >= 0.92 ? 0 : similarity >= 0.8 ? 1 : 2);
    }
  }
}

function editLevel(distance: i32, most: i32): u8 {
  return INEXACT + <u8>(min(max(distance, 1), most + 1) - 1);
}

function nameEditLevel(a: usize, lengthA: i32, b: usize, lengthB: i32): u8 {
  if (isNickname(a + NICKNAMES, b + NICKNAMES)) return INEXACT;
  const shorter = min(lengthA, lengthB);
  const edits = editsUpToTwo(a, lengthA, b, lengthB);
  if (edits <= 1 && shorter >= 3) return INEXACT + 1;
  const isInitial = shorter == 1 && load<u8>(a) == load<u8>(b);
  return (edits <= 2 && shorter >= 5) || isInitial ? INEXACT + 2 : INEXACT + 3;
}

/** From a name's first letter to the lines of nicknames that have it: a byte for the length and 24 of text, in whole words. */
const NICKNAMES: usize = 27;

/** Lines are numbers of two bytes, 0 behind the last. */
function isNickname(a: usize, b: usize): bool {
  const ofB = load<u64>(b);
  if (ofB == 0) return false;
  for (let ofA = load<u64>(a); ofA != 0; ofA >>= 16) {
    const line = ofA & 0xffff;
    for (let rest = ofB; rest != 0; rest >>= 16) if ((rest & 0xffff) == line) return true;
  }
  return false;
}

function dateLevel(a: usize, lengthA: i32, b: usize, lengthB: i32): u8 {
  const edits = editsUpToTwo(a, lengthA, b, lengthB);
  if (edits <= 1) return INEXACT;
  if (lengthA != 8 || lengthB != 8) return edits == 2 ? INEXACT + 1 : INEXACT + 3;
  const sameYear = load<u32>(a) == load<u32>(b);
  if (sameYear && load<u16>(a + 4) == load<u16>(b + 6) && load<u16>(a + 6) == load<u16>(b + 4)) return INEXACT;
  if (edits == 2) return INEXACT + 1;
  if (sameYear && load<u16>(a + 4) == load<u16>(b + 4)) return INEXACT + 1;
  if (load<u32>(a + 4) == load<u32>(b + 4)) return INEXACT + 1;
  return sameYear ? INEXACT + 2 : INEXACT + 3;
}

const AT: u8 = 0x40;

function emailLevel(a: usize, lengthA: i32, b: usize, lengthB: i32): u8 {
  const userA = userLength(a, lengthA);
  if (userA == userLength(b, lengthB) && memory.compare(a, b, userA) == 0) return INEXACT;
  const edits = editsUpToTwo(a, lengthA, b, lengthB);
  return INEXACT + <u8>max(1, min(edits, 3));
}

function userLength(start: usize, length: i32): i32 {
  let user = 0;
  while (user < length && load<u8>(start + user) != AT) user++;
  return user;
}

/**
 * Whether the Jaro–Winkler similarity of two texts cannot reach a level above 0.7: letters of one that the other has not at
 * all match nothing, and the prefix adds at most 0.4 of what is missing to 1.
 */
function isBelow(a: usize, lengthA: i32, b: usize, lengthB: i32, least: f64): bool {
  let ofA: u64 = 0;
  let ofB: u64 = 0;
  for (let i = 0; i < lengthA; i++) ofA |= (<u64>1) << (load<u8>(a + i) & 63);
  for (let j = 0; j < lengthB; j++) ofB |= (<u64>1) << (load<u8>(b + j) & 63);
  const matches = <f64>min(lengthA - <i32>popcnt(ofA & ~ofB), lengthB - <i32>popcnt(ofB & ~ofA));
  const jaro = (matches / <f64>lengthA + matches / <f64>lengthB + 1) / 3;
  return jaro <= 0.7 || jaro + 0.4 * (1 - jaro) < least;
}

/** So many of the lower bits. */
function bitsBelow(count: i32): u64 {
  return ((<u64>1) << count) - 1;
}

/** Jaro, Winkler, of texts of up to 48 letters; flags of letters are bits. */
function jaroWinkler(a: usize, lengthA: i32, b: usize, lengthB: i32): f64 {
  if (lengthA == 0 || lengthB == 0) return 0;
  const window = max(0, (max(lengthA, lengthB) >> 1) - 1);
  const letters0 = v128.load(b);
  const letters1 = v128.load(b, 16);
  const letters2 = v128.load(b, 32);
  // Those of b that a letter of a may match: what is near it, and not taken.
  let near = bitsBelow(window + 1);
  let left = bitsBelow(lengthB);
  let ofA: u64 = 0;
  for (let i = 0; i < lengthA; i++) {
    const letter = i8x16.splat(load<i8>(a + i));
    let equal = <u64>i8x16.bitmask(i8x16.eq(letters0, letter));
    if (lengthB > 16) {
      equal |= <u64>i8x16.bitmask(i8x16.eq(letters1, letter)) << 16;
      equal |= <u64>i8x16.bitmask(i8x16.eq(letters2, letter)) << 32;
    }
    equal &= near & left;
    ofA |= <u64>(equal != 0) << i;
    left &= ~(equal & -equal);
    near = (near << 1) | <u64>(i < window);
  }
  if (ofA == 0) return 0;
  let ofB = bitsBelow(lengthB) & ~left;
  const matches = <i32>popcnt(ofA);
  let moved = 0;
  while (ofA != 0) {
    if (load<u8>(a + <usize>ctz(ofA)) != load<u8>(b + <usize>ctz(ofB))) moved++;
    ofA &= ofA - 1;
    ofB &= ofB - 1;
  }
  const m = <f64>matches;
  const jaro = (m / <f64>lengthA + m / <f64>lengthB + (m - <f64>(moved >> 1)) / m) / 3;
  if (jaro <= 0.7) return jaro;
  let prefix = 0;
  while (prefix < 4 && prefix < lengthA && prefix < lengthB && load<u8>(a + prefix) == load<u8>(b + prefix)) prefix++;
  return jaro + <f64>prefix * 0.1 * (1 - jaro);
}

const SPACE: u8 = 0x20;
const INITIAL: f64 = 0.9;
const LEFT_OVER: f64 = 0.3;

/** Words in any order; words of the longer text that are taken are bits. */
function wordSimilarity(a: usize, lengthA: i32, b: usize, lengthB: i32): f64 {
  const whole = jaroWinkler(a, lengthA, b, lengthB);
  const wordsA = countWords(a, lengthA);
  const wordsB = countWords(b, lengthB);
  if (max(wordsA, wordsB) < 2) return whole;
  const isSwapped = wordsA > wordsB;
  const few = isSwapped ? b : a;
  const endOfFew = few + (isSwapped ? lengthB : lengthA);
  const many = isSwapped ? a : b;
  const endOfMany = many + (isSwapped ? lengthA : lengthB);
  let taken: u64 = 0;
  let similar: f64 = 0;
  let letters = 0;
  for (let word = wordStart(few, endOfFew); word < endOfFew; ) {
    const end = wordEnd(word, endOfFew);
    let best: f64 = 0;
    let bestAt = -1;
    let index = 0;
    for (let other = wordStart(many, endOfMany); other < endOfMany; index++) {
      const endOfOther = wordEnd(other, endOfMany);
      const own = ((taken >> index) & 1) != 0 ? 0 : likeness(word, <i32>(end - word), other, <i32>(endOfOther - other));
      if (own > best) {
        best = own;
        bestAt = index;
      }
      other = wordStart(endOfOther, endOfMany);
    }
    if (bestAt >= 0) taken |= (<u64>1) << bestAt;
    similar += best * <f64>(end - word);
    letters += <i32>(end - word);
    word = wordStart(end, endOfFew);
  }
  let left = 0;
  let index = 0;
  for (let other = wordStart(many, endOfMany); other < endOfMany; index++) {
    const end = wordEnd(other, endOfMany);
    if (((taken >> index) & 1) == 0) left += <i32>(end - other);
    other = wordStart(end, endOfMany);
  }
  return max(whole, similar / (<f64>letters + LEFT_OVER * <f64>left));
}

function likeness(a: usize, lengthA: i32, b: usize, lengthB: i32): f64 {
  if (lengthA > 1 && lengthB > 1) return jaroWinkler(a, lengthA, b, lengthB);
  if (load<u8>(a) != load<u8>(b)) return 0;
  return lengthA == lengthB ? 1 : INITIAL;
}

function countWords(start: usize, length: i32): i32 {
  const end = start + length;
  let words = 0;
  for (let word = wordStart(start, end); word < end; word = wordStart(wordEnd(word, end), end)) words++;
  return words;
}

function wordStart(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) == SPACE) at++;
  return at;
}

function wordEnd(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != SPACE) at++;
  return at;
}

/**
 * Damerau-Levenshtein distance (optimal string alignment), or 3 if it is greater than 2: behind what both begin with
 * there is an edit, and behind each of those it may be at most one more.
 */
function editsUpToTwo(a: usize, lengthA: i32, b: usize, lengthB: i32): i32 {
  if (abs(lengthA - lengthB) > 2) return 3;
  const same = commonStart(a, lengthA, b, lengthB);
  a += same;
  b += same;
  lengthA -= same;
  lengthB -= same;
  const edits = editsUpToOne(a, lengthA, b, lengthB);
  if (edits <= 1) return edits;
  if (lengthA == 0 || lengthB == 0) return min(max(lengthA, lengthB), 3);
  const isTwo =
    editsUpToOne(a + 1, lengthA - 1, b + 1, lengthB - 1) <= 1 ||
    editsUpToOne(a + 1, lengthA - 1, b, lengthB) <= 1 ||
    editsUpToOne(a, lengthA, b + 1, lengthB - 1) <= 1 ||
    (isTransposed(a, lengthA, b, lengthB) && editsUpToOne(a + 2, lengthA - 2, b + 2, lengthB - 2) <= 1);
  return isTwo ? 2 : 3;
}

/** The same up to one: between what both begin and end with there is one letter at most, or two that changed places. */
function editsUpToOne(a: usize, lengthA: i32, b: usize, lengthB: i32): i32 {
  if (abs(lengthA - lengthB) > 1) return 2;
  const same = commonStart(a, lengthA, b, lengthB);
  a += same;
  b += same;
  lengthA -= same;
  lengthB -= same;
  while (lengthA > 0 && lengthB > 0 && load<u8>(a + lengthA - 1) == load<u8>(b + lengthB - 1)) {
    lengthA--;
    lengthB--;
  }
  const longer = max(lengthA, lengthB);
  if (longer <= 1) return longer;
  return lengthA == 2 && lengthB == 2 && isTransposed(a, lengthA, b, lengthB) ? 1 : 2;
}

function commonStart(a: usize, lengthA: i32, b: usize, lengthB: i32): i32 {
  const most = min(lengthA, lengthB);
  for (let same = 0; same < most; same += 8) {
    const different = load<u64>(a + same) ^ load<u64>(b + same);
    if (different != 0) return min(most, same + <i32>(ctz(different) >> 3));
  }
  return most;
}

function isTransposed(a: usize, lengthA: i32, b: usize, lengthB: i32): bool {
  return lengthA >= 2 && lengthB >= 2 && load<u8>(a) == load<u8>(b + 1) && load<u8>(a + 1) == load<u8>(b);
}
