import { setImmediate } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { rawHashesSql, valuesSql, withoutRepeatedNames } from '../../../core/identity/linkage-sql';
import { newRecords, type ComparableRecords } from '../../../core/identity/kernel-comparer';
import type { RecordTable } from '../../../core/identity/record-table';
import type { LinkageField } from '../../../schemas/linkage';
import { loadKernel } from '../kernels';
import { CODE, hashesOf, KEYS, valuesOf, type FieldValues } from './field-values';

/** A relation with the number of its rows, and of those of them that are of the first file. */
export interface RecordsRelation {
  readonly from: string;
  readonly records: number;
  readonly ofFirstFile: number;
}

/** Whoever answers queries: a connection, or what guards one. */
export type Queries = Pick<DuckDBConnection, 'run'>;

/**
 * Reads records in their order into memory, normalised: some 250 bytes each. While the values of one field are taken
 * over, the engine is at those of the next.
 */
export async function readRecords(
  connection: Queries,
  { from, records, ofFirstFile }: RecordsRelation,
  fields: readonly LinkageField[],
): Promise<ComparableRecords> {
  const isOfTwo = ofFirstFile < records;
  const files = isOfTwo
    ? Uint8Array.from({ length: records }, (_, record) => (record < ofFirstFile ? 0 : 1))
    : undefined;
  const relation = withoutRepeatedNames(from, fields);
  const compared = newRecords(fields, records, { files, kernel: loadKernel('identity') });
  const hashes = await readHashes(connection, relation, fields, records);
  let next = readValues(connection, relation, fields[0]!);
  for (const [field, { kind }] of fields.entries()) {
    const chunks = await next;
    const following = fields[field + 1];
    // To wait for nothing is to let the engine begin before this thread is busy.
    if (following !== undefined) next = readValues(connection, relation, following);
    await setImmediate();
    writeField(compared.table, field, valuesOf(kind, chunks), hashes[field]!);
  }
  return compared;
}

function readValues(connection: Queries, relation: string, field: LinkageField): Promise<DuckDBDataChunk[]> {
  const chunks = connection.run(valuesSql(relation, field)).then((result) => result.fetchAllChunks());
  // Whoever awaits it learns of an error; until then it is not unheard of.
  chunks.catch(() => undefined);
  return chunks;
}

/** By field, the hash of every record's value as it is, in two halves. */
async function readHashes(
  connection: Queries,
  relation: string,
  fields: readonly LinkageField[],
  records: number,
): Promise<Uint32Array[]> {
  const hashes = fields.map(() => new Uint32Array(2 * records));
  const result = await connection.run(rawHashesSql(relation, fields));
  let first = 0;
  for (const chunk of await result.fetchAllChunks()) {
    const rows = chunk.rowCount;
    hashes.forEach((own, field) => own.set(hashesOf(chunk, field).subarray(0, 2 * rows), 2 * first));
    first += rows;
  }
  return hashes;
}

/** Puts the values of a field into the records. */
function writeField(table: RecordTable, field: number, { table: values, keys }: FieldValues, raw: Uint32Array): void {
  const { codes, stride, records } = table;
  const { rows } = values;
  const words = stride >>> 2;
  const ownKeys = table.keys.filter((key) => key.field === field).map((key) => key.values);
  const text = table.layout[field]!.text >>> 2;
  const hasText = table.layout[field]!.width > 0;
  for (let record = 0; record < records; record++) {
    const start = values.find(raw[2 * record] as number, raw[2 * record + 1] as number);
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
