import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { piecesOf, recordsSql } from '../../../core/identity/linkage-sql';
import { newRecords, type ComparableRecords } from '../../../core/identity/kernel-comparer';
import { usualCode } from '../../../core/identity/value-rarity';
import type { FieldLayout, RecordTable } from '../../../core/identity/record-table';
import type { LinkageField } from '../../../schemas/linkage';
import { loadKernel } from '../kernels';

/** A relation with the number of its rows, and of those of them that are of the first file. */
export interface RecordsRelation {
  readonly from: string;
  readonly records: number;
  readonly ofFirstFile: number;
}

/** Reads records in their order into memory, normalised: some 250 bytes each. */
export async function readRecords(
  connection: DuckDBConnection,
  { from, records, ofFirstFile }: RecordsRelation,
  fields: readonly LinkageField[],
): Promise<ComparableRecords> {
  const isOfTwo = ofFirstFile < records;
  const files = isOfTwo
    ? Uint8Array.from({ length: records }, (_, record) => (record < ofFirstFile ? 0 : 1))
    : undefined;
  const compared = newRecords(fields, records, { files, kernel: loadKernel('identity') });
  const result = await connection.stream(recordsSql(from, fields));
  let first = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return compared;
    readChunk(compared.table, chunk, first);
    first += chunk.rowCount;
  }
}

/** The columns come as `recordsSql` says: a code a field, its pieces, its keys. */
function readChunk(table: RecordTable, chunk: DuckDBDataChunk, first: number): void {
  let column = 0;
  table.layout.forEach((layout, field) => {
    const codes = numbersOf(chunk, column++);
    writeCodes(table, layout, codes, first, chunk.rowCount);
    piecesOf(layout.kind).forEach(() => writePiece(table, layout, bytesOf(chunk, column++), codes, first));
    table.keys
      .filter((key) => key.field === field)
      .forEach(({ isCoarse, values }) => values.set(isCoarse ? numbersOf(chunk, column++) : codes, first));
  });
}

function writeCodes(
  { codes, stride }: RecordTable,
  { code }: FieldLayout,
  from: Uint32Array,
  first: number,
  rows: number,
) {
  const words = stride >>> 2;
  for (let row = 0, at = first * words + code; row < rows; row++, at += words)
    codes[at] = usualCode(from[row] as number);
}

/** Bytes of DuckDB's entry of a text: its length in four, then up to twelve bytes of the text itself. */
const ENTRY_BYTES = 16;

/** Puts a piece after those that are there. */
function writePiece(table: RecordTable, { text }: FieldLayout, entries: Uint8Array, codes: Uint32Array, first: number) {
  const { bytes, stride } = table;
  for (let row = 0; row < codes.length; row++) {
    if (codes[row] === 0) continue;
    const entry = row * ENTRY_BYTES;
    const length = entries[entry] as number;
    const start = (first + row) * stride + text;
    const filled = bytes[start] as number;
    for (let index = 0; index < length; index++)
      bytes[start + 1 + filled + index] = entries[entry + 4 + index] as number;
    bytes[start] = filled + length;
  }
}

function numbersOf(chunk: DuckDBDataChunk, column: number): Uint32Array {
  return (chunk.getColumnVector(column) as unknown as { items: Uint32Array }).items;
}

/** Pieces are so short that DuckDB keeps them in the entries themselves: they are read without making a text of each. */
function bytesOf(chunk: DuckDBDataChunk, column: number): Uint8Array {
  const { dataView } = chunk.getColumnVector(column) as unknown as { dataView: DataView };
  return new Uint8Array(dataView.buffer, dataView.byteOffset, dataView.byteLength);
}
