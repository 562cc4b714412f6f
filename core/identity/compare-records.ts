import type { FieldKind } from '../../schemas/linkage';
import type { FieldLayout, RecordTable } from './record-table';
import { editDistance, jaroWinkler } from './text-distance';

/** Two texts among the bytes of a table. */
type Comparison = (bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number) => number;

/**
 * Writes the levels of agreement of two records, one a field, in the order of `fieldKinds`: 0 where a value is missing,
 * 1 where they are equal, the greatest where they have nothing in common.
 */
export function compareRecords(table: RecordTable, a: number, b: number, levels: Uint8Array): void {
  const { layout, codes } = table;
  const wordA = (a * table.stride) >>> 2;
  const wordB = (b * table.stride) >>> 2;
  for (let index = 0; index < layout.length; index++) {
    const codeA = codes[wordA + index] as number;
    const codeB = codes[wordB + index] as number;
    if (codeA === 0 || codeB === 0) levels[index] = 0;
    else if (codeA === codeB) levels[index] = 1;
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
  if (codes[wordA + given] !== codes[wordB + family] || codes[wordA + family] !== codes[wordB + given]) return;
  levels[given] = SWAPPED;
  levels[family] = SWAPPED;
}

const SWAPPED = 2;

function compareTexts({ bytes, stride }: RecordTable, { kind, text }: FieldLayout, a: number, b: number): number {
  const startA = a * stride + text;
  const startB = b * stride + text;
  return comparisons[kind](bytes, startA + 1, bytes[startA] as number, startB + 1, bytes[startB] as number);
}

/** The level of two unequal values, by kind. */
const comparisons: Readonly<Record<FieldKind, Comparison>> = {
  name: (bytes, a, lengthA, b, lengthB) => {
    if (lengthA === 1 || lengthB === 1) return bytes[a] === bytes[b] ? 3 : 5;
    return jaroLevel(jaroWinkler(bytes, a, lengthA, b, lengthB), [0.92, 0.85, 0.75]);
  },
  date: compareDates,
  phone: (...texts) => editLevel(editDistance(...texts, 1), 1),
  email: compareEmails,
  code: (...texts) => editLevel(editDistance(...texts, 2), 2),
  postcode: (...texts) => editLevel(editDistance(...texts, 1), 1),
  street: (...texts) => jaroLevel(jaroWinkler(...texts), [0.92, 0.8]),
  city: (...texts) => jaroLevel(jaroWinkler(...texts), [0.9]),
  number: (...texts) => editLevel(editDistance(...texts, 1), 1),
  category: () => 2,
  text: (...texts) => jaroLevel(jaroWinkler(...texts), [0.92, 0.8]),
};

function jaroLevel(similarity: number, thresholds: readonly number[]): number {
  const met = thresholds.findIndex((threshold) => similarity >= threshold);
  return 2 + (met < 0 ? thresholds.length : met);
}

function editLevel(distance: number, most: number): number {
  return 1 + Math.min(Math.max(distance, 1), most + 1);
}

const DATE_LENGTH = 8;

/** Dates are eight digits: year, month, day. Others are compared as texts. */
function compareDates(bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number): number {
  const edits = editDistance(bytes, a, lengthA, b, lengthB, 2);
  if (edits <= 1) return 2;
  if (lengthA !== DATE_LENGTH || lengthB !== DATE_LENGTH) return edits === 2 ? 3 : 5;
  const sameYear = isSame(bytes, a, b, 4);
  if (sameYear && isSame(bytes, a + 4, b + 6, 2) && isSame(bytes, a + 6, b + 4, 2)) return 2;
  if (edits === 2 || (sameYear && isSame(bytes, a + 4, b + 4, 2)) || isSame(bytes, a + 4, b + 4, 4)) return 3;
  return sameYear ? 4 : 5;
}

const AT = 0x40;

function compareEmails(bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number): number {
  const userA = userLength(bytes, a, lengthA);
  if (userA === userLength(bytes, b, lengthB) && isSame(bytes, a, b, userA)) return 2;
  const edits = editDistance(bytes, a, lengthA, b, lengthB, 2);
  return edits <= 1 ? 3 : edits === 2 ? 4 : 5;
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
