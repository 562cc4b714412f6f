import type { FieldLayout, RecordTable } from '../records/record-table';
import { INEXACT } from '../records/field-kinds';
import { exactLevel, usualCode } from '../records/value-rarity';
import { levelOfTexts } from './text-agreement';

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

/** Given and family name the other way round speak for one person as much as a nickname does. */
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

function compareTexts({ bytes, stride }: RecordTable, { comparison, text }: FieldLayout, a: number, b: number): number {
  const startA = a * stride + text;
  const startB = b * stride + text;
  return levelOfTexts(comparison, bytes, startA + 1, bytes[startA] as number, startB + 1, bytes[startB] as number);
}
