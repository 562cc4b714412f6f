import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { hasNicknames, Nicknames } from '../../../core/identity/records/nicknames';
import { piecesOf, recordsSql, type Normalisation } from '../../../core/identity/records/linkage-sql';
import type { RecordTable } from '../../../core/identity/records/record-table';
import { cutToCharacters } from '../../../core/identity/records/whole-characters';
import { usualCode } from '../../../core/identity/records/value-rarity';
import type { LinkageSettings } from '../../../schemas/linkage';
import { addPiece, bytesOf, ENTRY_BYTES, itemsOf } from './field-values';

/**
 * Reads records, normalised, into a table in place of those from one on.
 *
 * @param from what to select them from, as DuckDB has it
 */
export async function readFewRecords(
  connection: DuckDBConnection,
  from: string,
  settings: Normalisation & Pick<LinkageSettings, 'nicknames'>,
  table: RecordTable,
  first: number,
): Promise<void> {
  const nicknames = new Nicknames(settings.nicknames);
  const result = await connection.stream(recordsSql(from, settings));
  for (let record = first; ;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    writeRecords(table, chunk, record, nicknames);
    record += chunk.rowCount;
  }
}

/** Writes a chunk of what `recordsSql` returns into a table, in place of the records from one on. */
export function writeRecords(table: RecordTable, chunk: DuckDBDataChunk, first: number, nicknames: Nicknames): void {
  const { bytes, stride, layout } = table;
  bytes.fill(0, first * stride, (first + chunk.rowCount) * stride);
  let column = 0;
  for (let field = 0; field < layout.length; field++)
    column = writeColumns(table, field, chunk, column, first, nicknames);
}

/**
 * Writes the columns of one field into records that have nothing there yet.
 *
 * @param column the first of them
 * @returns the column behind them
 */
export function writeColumns(
  table: RecordTable,
  field: number,
  chunk: DuckDBDataChunk,
  column: number,
  first: number,
  nicknames: Nicknames,
): number {
  const { bytes, codes, stride, layout, keys } = table;
  const { kind, text } = layout[field]!;
  const rows = chunk.rowCount;
  const words = stride >>> 2;
  let next = column;
  const hashes = itemsOf<Uint32Array>(chunk, next++).subarray(0, rows);
  for (let row = 0; row < rows; row++) codes[(first + row) * words + field] = usualCode(hashes[row] as number);
  for (let piece = 0; piece < piecesOf(kind).length; piece++) {
    const entries = bytesOf(chunk, next++);
    for (let row = 0; row < rows; row++) addPiece(bytes, (first + row) * stride + text, entries, row * ENTRY_BYTES);
  }
  if (piecesOf(kind).length > 0) {
    for (let row = 0; row < rows; row++) cutToCharacters(bytes, (first + row) * stride + text);
  }
  if (hasNicknames(layout[field]!.field)) {
    for (let row = 0; row < rows; row++) nicknames.write(bytes, (first + row) * stride + text);
  }
  for (const { isCoarse, values } of keys.filter((key) => key.field === field)) {
    values.set(isCoarse ? itemsOf<Uint32Array>(chunk, next++).subarray(0, rows) : hashes, first);
  }
  return next;
}
