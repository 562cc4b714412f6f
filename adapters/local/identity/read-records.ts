import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { rawHashesSql, withoutRepeatedNames } from '../../../core/identity/linkage-sql';
import { newRecords, type ComparableRecords } from '../../../core/identity/kernel-comparer';
import type { RecordTable } from '../../../core/identity/record-table';
import type { LinkageField } from '../../../schemas/linkage';
import { loadKernel } from '../kernels';
import { CODE, hashesOf, KEYS, readFieldValues, type FieldValues } from './field-values';

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
  const relation = withoutRepeatedNames(from, fields);
  const values = await readFieldValues(connection, relation, fields);
  const compared = newRecords(fields, records, { files, kernel: loadKernel('identity') });
  const result = await connection.stream(rawHashesSql(relation, fields));
  let first = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    values.forEach((own, field) => writeField(compared.table, field, own, chunk, first));
    first += chunk.rowCount;
  }
  return compared;
}

/** Puts the values of a field into its records. */
function writeField(
  table: RecordTable,
  field: number,
  { table: values, keys }: FieldValues,
  chunk: DuckDBDataChunk,
  first: number,
): void {
  const { codes, stride } = table;
  const { rows } = values;
  const words = stride >>> 2;
  const ownKeys = table.keys.filter((key) => key.field === field).map((key) => key.values);
  const text = table.layout[field]!.text >>> 2;
  const hasText = table.layout[field]!.width > 0;
  const raw = hashesOf(chunk, field);
  const count = chunk.rowCount;
  for (let row = 0, record = first; row < count; row++, record++) {
    const start = values.find(raw[2 * row] as number, raw[2 * row + 1] as number);
    if (start < 0 || rows[start + CODE] === 0) continue;
    codes[record * words + field] = rows[start + CODE] as number;
    for (let key = 0; key < keys; key++) ownKeys[key]![record] = rows[start + KEYS + key] as number;
    if (!hasText) continue;
    // The first byte of a text is its length.
    const from = start + KEYS + keys;
    const last = ((rows[from] as number) & 0xff) >>> 2;
    for (let word = 0; word <= last; word++) codes[record * words + text + word] = rows[from + word] as number;
  }
}
