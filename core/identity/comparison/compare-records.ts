import type { FieldKind } from '../../../schemas/linkage';
import type { FieldLayout, RecordTable } from '../records/record-table';
import { INEXACT } from '../records/field-kinds';
import { exactLevel, usualCode } from '../records/value-rarity';
import { editDistance, jaroWinkler, wordSimilarity } from './text-distance';

/** Two texts among the bytes of a table. */
type Comparison = (bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number) => number;

/**
 * Writes the levels of agreement of two records, one a field, as `levelNames` has them: 0 where a value is missing, the
 * greatest where they have nothing in common.
 */
export function compareRecords(table: RecordTable, a: number, b: number, levels: Uint8Array): void {
  const { layout, codes } = table;
  const wordA = (a * table.stride) >>> 2;
  const wordB = (b * table.stride) >>> 2;
  for (let index = 0; index < layout.length; index++) {
    const codeA = codes[wordA + index] as number;
    const codeB = codes[wordB + index] as number;
    if (codeA === 0 || codeB === 0) levels[index] = 0;
    else if (codeA === codeB) levels[index] = exactLevel(codeA);
    else levels[index] = compareTexts(table, layout[index] as FieldLayout, a, b);
  }
  if (table.names !== undefined) compareSwapped(table, table.names, wordA, wordB, levels);
}

/** Given and family name the other way round speak for one person as much as a typo in both does. */
function compareSwapped(
  { codes }: RecordTable,
  [given, family]: readonly [number, number],
  wordA: number,
  wordB: number,
  levels: Uint8Array,
): void {
  if (levels[given]! <= SWAPPED || levels[family]! <= SWAPPED) return;
  // The rarity of a value is its field's: only the rest of the codes can be equal.
  const isSame = (a: number, b: number) => usualCode(codes[a] as number) === usualCode(codes[b] as number);
  if (!isSame(wordA + given, wordB + family) || !isSame(wordA + family, wordB + given)) return;
  levels[given] = SWAPPED;
  levels[family] = SWAPPED;
}

const SWAPPED = INEXACT;

function compareTexts({ bytes, stride }: RecordTable, { kind, text }: FieldLayout, a: number, b: number): number {
  const startA = a * stride + text;
  const startB = b * stride + text;
  return comparisons[kind](bytes, startA + 1, bytes[startA] as number, startB + 1, bytes[startB] as number);
}

/** The level of two unequal values, by kind. */
const comparisons: Readonly<Record<FieldKind, Comparison>> = {
  name: (bytes, a, lengthA, b, lengthB) => {
    if (lengthA === 1 || lengthB === 1) return bytes[a] === bytes[b] ? INEXACT + 1 : INEXACT + 3;
    return jaroLevel(jaroWinkler(bytes, a, lengthA, b, lengthB), [0.92, 0.85, 0.75]);
  },
  fullname: (...texts) => jaroLevel(wordSimilarity(...texts), [0.94, 0.87, 0.78]),
  date: compareDates,
  phone: (...texts) => editLevel(editDistance(...texts, 1), 1),
  email: compareEmails,
  code: (...texts) => editLevel(editDistance(...texts, 2), 2),
  postcode: (...texts) => editLevel(editDistance(...texts, 1), 1),
  street: (...texts) => jaroLevel(jaroWinkler(...texts), [0.92, 0.8]),
  city: (...texts) => jaroLevel(jaroWinkler(...texts), [0.9]),
  number: (...texts) => editLevel(editDistance(...texts, 1), 1),
  category: () => INEXACT,
  text: (...texts) => jaroLevel(wordSimilarity(...texts), [0.92, 0.8]),
};

function jaroLevel(similarity: number, thresholds: readonly number[]): number {
  const met = thresholds.findIndex((threshold) => similarity >= threshold);
  return INEXACT + (met < 0 ? thresholds.length : met);
}

function editLevel(distance: number, most: number): number {
  return INEXACT + Math.min(Math.max(distance, 1), most + 1) - 1;
}

const DATE_LENGTH = 8;

/** Dates are eight digits: year, month, day. Others are compared as texts. */
function compareDates(bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number): number {
  const edits = editDistance(bytes, a, lengthA, b, lengthB, 2);
  if (edits <= 1) return INEXACT;
  if (lengthA !== DATE_LENGTH || lengthB !== DATE_LENGTH) return edits === 2 ? INEXACT + 1 : INEXACT + 3;
  const sameYear = isSame(bytes, a, b, 4);
  if (sameYear && isSame(bytes, a + 4, b + 6, 2) && isSame(bytes, a + 6, b + 4, 2)) return INEXACT;
  if (edits === 2 || (sameYear && isSame(bytes, a + 4, b + 4, 2)) || isSame(bytes, a + 4, b + 4, 4)) return INEXACT + 1;
  return sameYear ? INEXACT + 2 : INEXACT + 3;
}

const AT = 0x40;

function compareEmails(bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number): number {
  const userA = userLength(bytes, a, lengthA);
  if (userA === userLength(bytes, b, lengthB) && isSame(bytes, a, b, userA)) return INEXACT;
  const edits = editDistance(bytes, a, lengthA, b, lengthB, 2);
  return INEXACT + Math.max(1, Math.min(edits, 3));
}

function userLength(bytes: Uint8Array, start: number, length: number): number {
  let user = 0;
  while (user < length && bytes[start + user] !== AT) user++;
  return user;
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[a + index] !== bytes[b + index]) return false;
  return true;
}
