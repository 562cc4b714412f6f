import type { DuckDBDataChunk } from '@duckdb/node-api';
import { piecesOf } from '../../../core/identity/linkage-sql';
import type { RecordTable } from '../../../core/identity/record-table';
import { usualCode } from '../../../core/identity/value-rarity';
import { addPiece, bytesOf, ENTRY_BYTES, itemsOf } from './field-values';

/** Writes a chunk of what `recordsSql` returns into a table, in place of the records from one on. */
export function writeRecords(table: RecordTable, chunk: DuckDBDataChunk, first: number): void {
  const { bytes, codes, stride, layout, keys } = table;
  bytes.fill(0, first * stride, (first + chunk.rowCount) * stride);
  const words = stride >>> 2;
  let column = 0;
  layout.forEach(({ kind, text }, field) => {
    const hashes = itemsOf<Uint32Array>(chunk, column++).subarray(0, chunk.rowCount);
    hashes.forEach((hash, row) => (codes[(first + row) * words + field] = usualCode(hash)));
    for (let piece = 0; piece < piecesOf(kind).length; piece++) {
      const entries = bytesOf(chunk, column++);
      for (let row = 0; row < chunk.rowCount; row++)
        addPiece(bytes, (first + row) * stride + text, entries, row * ENTRY_BYTES);
    }
    for (const { isCoarse, values } of keys.filter((key) => key.field === field)) {
      values.set(isCoarse ? itemsOf<Uint32Array>(chunk, column++).subarray(0, chunk.rowCount) : hashes, first);
    }
  });
}
