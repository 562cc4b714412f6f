const LONGEST = 64;
const flagsOfA = new Uint8Array(LONGEST);
const flagsOfB = new Uint8Array(LONGEST);

/**
 * Jaro-Winkler similarity of two texts of up to 64 bytes (Jaro 1989, Winkler 1990): prefix weight 0.1, up to four bytes,
 * from a Jaro similarity of 0.7 on. An odd letter out of place is none transposed, as in Winkler's own program and in
 * DuckDB: similarities are equal to their last bit.
 */
export function jaroWinkler(bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number): number {
  const jaro = jaroOf(bytes, a, lengthA, b, lengthB);
  if (jaro <= 0.7) return jaro;
  let prefix = 0;
  while (prefix < 4 && prefix < lengthA && prefix < lengthB && bytes[a + prefix] === bytes[b + prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

function jaroOf(bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number): number {
  if (lengthA === 0 || lengthB === 0) return 0;
  const window = Math.max(0, (Math.max(lengthA, lengthB) >> 1) - 1);
  flagsOfA.fill(0, 0, lengthA);
  flagsOfB.fill(0, 0, lengthB);
  let matches = 0;
  for (let i = 0; i < lengthA; i++) {
    const end = Math.min(lengthB, i + window + 1);
    const letter = bytes[a + i];
    for (let j = i > window ? i - window : 0; j < end; j++) {
      if (flagsOfB[j] === 0 && bytes[b + j] === letter) {
        flagsOfA[i] = 1;
        flagsOfB[j] = 1;
        matches++;
        break;
      }
    }
  }
  if (matches === 0) return 0;
  const moved = transpositions(bytes, a, lengthA, b);
  return (matches / lengthA + matches / lengthB + (matches - (moved >> 1)) / matches) / 3;
}

function transpositions(bytes: Uint8Array, a: number, lengthA: number, b: number): number {
  let moved = 0;
  let j = 0;
  for (let i = 0; i < lengthA; i++) {
    if (flagsOfA[i] === 0) continue;
    while (flagsOfB[j] === 0) j++;
    if (bytes[a + i] !== bytes[b + j]) moved++;
    j++;
  }
  return moved;
}

const rows = [new Uint8Array(LONGEST + 1), new Uint8Array(LONGEST + 1), new Uint8Array(LONGEST + 1)];

/**
 * Damerau-Levenshtein distance (optimal string alignment: no part is edited twice) of two texts of up to 64 bytes, or
 * `most + 1` if it is greater than `most`. What both begin or end with is passed over.
 */
export function editDistance(
  bytes: Uint8Array,
  a: number,
  lengthA: number,
  b: number,
  lengthB: number,
  most: number,
): number {
  if (Math.abs(lengthA - lengthB) > most) return most + 1;
  while (lengthA > 0 && lengthB > 0 && bytes[a] === bytes[b]) {
    a++;
    b++;
    lengthA--;
    lengthB--;
  }
  while (lengthA > 0 && lengthB > 0 && bytes[a + lengthA - 1] === bytes[b + lengthB - 1]) {
    lengthA--;
    lengthB--;
  }
  if (lengthA === 0 || lengthB === 0) return Math.min(Math.max(lengthA, lengthB), most + 1);
  return fillRows(bytes, a, lengthA, b, lengthB, most);
}

function fillRows(bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number, most: number): number {
  let [before, last, row] = rows as [Uint8Array, Uint8Array, Uint8Array];
  for (let j = 0; j <= lengthB; j++) last[j] = j;
  for (let i = 1; i <= lengthA; i++) {
    row[0] = i;
    let least = i;
    const letter = bytes[a + i - 1];
    for (let j = 1; j <= lengthB; j++) {
      const other = bytes[b + j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (letter === other ? 0 : 1));
      if (i > 1 && j > 1 && letter === bytes[b + j - 2] && bytes[a + i - 2] === other) {
        cost = Math.min(cost, before[j - 2]! + 1);
      }
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    [before, last, row] = [last, row, before];
  }
  return Math.min(last[lengthB]!, most + 1);
}

const SPACE = 0x20;
/** An initial, and a word that begins with it. */
const INITIAL = 0.9;
/** What a word that the other text has not counts, by its letters. */
const LEFT_OVER = 0.3;

/**
 * Similarity of two texts, 0 to 1, whose words may be in any order: every word of the text with fewer is aligned with the
 * one it is most like (greedily, Monge and Elkan 1996), weighted by its length; or Jaro–Winkler of the whole, if greater.
 */
export function wordSimilarity(bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number): number {
  const whole = jaroWinkler(bytes, a, lengthA, b, lengthB);
  const [first, second] = [wordsOf(bytes, a, lengthA), wordsOf(bytes, b, lengthB)];
  const [few, many] = first.length <= second.length ? [first, second] : [second, first];
  if (many.length < 2) return whole;
  const isTaken = many.map(() => false);
  let similar = 0;
  let letters = 0;
  for (const word of few) {
    let best = 0;
    let at = -1;
    many.forEach((other, index) => {
      const own = isTaken[index] ? 0 : likeness(bytes, word, other);
      if (own <= best) return;
      best = own;
      at = index;
    });
    if (at >= 0) isTaken[at] = true;
    similar += best * word.length;
    letters += word.length;
  }
  const left = many.reduce((sum, { length }, index) => sum + (isTaken[index] ? 0 : length), 0);
  return Math.max(whole, similar / (letters + LEFT_OVER * left));
}

interface Word {
  readonly start: number;
  readonly length: number;
}

function likeness(bytes: Uint8Array, a: Word, b: Word): number {
  if (a.length > 1 && b.length > 1) return jaroWinkler(bytes, a.start, a.length, b.start, b.length);
  if (bytes[a.start] !== bytes[b.start]) return 0;
  return a.length === b.length ? 1 : INITIAL;
}

function wordsOf(bytes: Uint8Array, start: number, length: number): Word[] {
  const words: Word[] = [];
  for (let at = start; at < start + length;) {
    let end = at;
    while (end < start + length && bytes[end] !== SPACE) end++;
    if (end > at) words.push({ start: at, length: end - at });
    at = end + 1;
  }
  return words;
}
