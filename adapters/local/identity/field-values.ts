import type { DuckDBDataChunk } from '@duckdb/node-api';
import { fieldKinds } from '../../../core/identity/records/field-kinds';
import { hasNicknames, NICKNAME_BYTES, type Nicknames } from '../../../core/identity/records/nicknames';
import { piecesOf } from '../../../core/identity/records/linkage-sql';
import { textRoom } from '../../../core/identity/records/record-table';
import { cutToCharacters } from '../../../core/identity/records/whole-characters';
import { usualCode } from '../../../core/identity/records/value-rarity';
import { ValueTable } from '../../../core/identity/records/value-table';
import type { LinkageField } from '../../../schemas/linkage';

/** The different values of one field, normalised. A row has the hash, the code, the keys, the text, and of a name its lines of nicknames. */
export interface FieldValues {
  readonly table: ValueTable;
  /** How many keys a value has: equality, and the coarser ones of its kind. */
  readonly keys: number;
}

/** Where things are in a row. */
export const CODE = 2;
export const KEYS = 3;

/** What the chunks of `valuesSql` hold. */
export function valuesOf(field: LinkageField, chunks: readonly DuckDBDataChunk[], nicknames: Nicknames): FieldValues {
  const { kind } = field;
  const { width, keys } = fieldKinds[kind];
  const count = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const words = (textRoom(width) + (kind === 'name' ? NICKNAME_BYTES : 0)) / 4;
  const table = new ValueTable(count, KEYS + 1 + keys.length + words);
  const values = { table, keys: 1 + keys.length };
  for (const chunk of chunks)
    addChunk(values, chunk, piecesOf(kind).length, hasNicknames(field) ? nicknames : undefined);
  return values;
}

/** The columns come as `valuesSql` says. */
function addChunk(
  { table, keys }: FieldValues,
  chunk: DuckDBDataChunk,
  pieces: number,
  nicknames: Nicknames | undefined,
): void {
  const { rows } = table;
  const count = chunk.rowCount;
  const raw = hashesOf(chunk, 0);
  const hashes = itemsOf<Uint32Array>(chunk, 1);
  const coarse = Array.from({ length: keys - 1 }, (_, key) => itemsOf<Uint32Array>(chunk, 2 + pieces + key));
  const texts = Array.from({ length: pieces }, (_, piece) => bytesOf(chunk, 2 + piece));
  const bytes = new Uint8Array(rows.buffer);
  for (let row = 0; row < count; row++) {
    const start = table.add(raw[2 * row] as number, raw[2 * row + 1] as number);
    rows[start + CODE] = usualCode(hashes[row] as number);
    rows[start + KEYS] = hashes[row] as number;
    for (let key = 1; key < keys; key++) rows[start + KEYS + key] = coarse[key - 1]![row] as number;
    const text = 4 * (start + KEYS + keys);
    for (const entries of texts) addPiece(bytes, text, entries, row * ENTRY_BYTES);
    if (pieces > 0) cutToCharacters(bytes, text);
    nicknames?.write(bytes, text);
  }
}

/** Bytes of DuckDB's entry of a text: its length in four, then up to twelve bytes of the text itself. */
export const ENTRY_BYTES = 16;

/** Puts a piece of a text after those that are there. */
export function addPiece(bytes: Uint8Array, start: number, entries: Uint8Array, entry: number): void {
  const length = entries[entry] as number;
  const filled = bytes[start] as number;
  for (let index = 0; index < length; index++) bytes[start + 1 + filled + index] = entries[entry + 4 + index] as number;
  bytes[start] = filled + length;
}

/** Numbers of 64 bits, in two halves each. */
export function hashesOf(chunk: DuckDBDataChunk, column: number): Uint32Array {
  const { buffer, byteOffset, byteLength } = itemsOf<BigUint64Array>(chunk, column);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/** Numbers as DuckDB has them in memory. */
export function itemsOf<Items>(chunk: DuckDBDataChunk, column: number): Items {
  return (chunk.getColumnVector(column) as unknown as { items: Items }).items;
}

/** Pieces are so short that DuckDB keeps them in the entries themselves: they are read without making a text of each. */
export function bytesOf(chunk: DuckDBDataChunk, column: number): Uint8Array {
  const { dataView } = chunk.getColumnVector(column) as unknown as { dataView: DataView };
  return new Uint8Array(dataView.buffer, dataView.byteOffset, dataView.byteLength);
}
