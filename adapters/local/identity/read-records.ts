import { setImmediate } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { differentHashes } from '../../../core/identity/records/hashing';
import {
  rawHashesSql,
  recordsSql,
  valuesSql,
  withoutRepeatedNames,
  type Normalisation,
} from '../../../core/identity/records/linkage-sql';
import { newRecords, type ComparableRecords } from '../../../core/identity/comparison/kernel-comparer';
import { hasNicknames, Nicknames, NICKNAMES_FROM } from '../../../core/identity/records/nicknames';
import type { RecordTable } from '../../../core/identity/records/record-table';
import type { LinkageField, LinkageSettings } from '../../../schemas/linkage';
import { loadKernel } from '../kernels';
import { writeColumns } from './few-records';
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
  settings: Normalisation & Pick<LinkageSettings, 'nicknames'>,
): Promise<ComparableRecords> {
  const { fields } = settings;
  const nicknames = new Nicknames(settings.nicknames);
  const isOfTwo = ofFirstFile < records;
  const files = isOfTwo
    ? Uint8Array.from({ length: records }, (_, record) => (record < ofFirstFile ? 0 : 1))
    : undefined;
  const relation = withoutRepeatedNames(from, fields);
  const compared = newRecords(fields, records, { files, kernel: loadKernel('identity') });
  const hashes = await readHashes(connection, relation, fields, records);
  const read = (field: number) =>
    field < fields.length
      ? readField(connection, relation, { ...settings, fields: [fields[field]!] }, hashes[field]!)
      : none;
  let next = read(0);
  for (let field = 0; field < fields.length; field++) {
    const own = await next;
    next = read(field + 1);
    // To wait for nothing is to let the engine begin before this thread is busy.
    await setImmediate();
    own.writeTo(compared.table, field, nicknames);
  }
  return compared;
}

/** Columns as they were read, to be written into a field of the records. */
interface ReadField {
  writeTo(table: RecordTable, field: number, nicknames: Nicknames): void;
}

const none: Promise<ReadField> = Promise.resolve({ writeTo: () => undefined });

/** In so many records there must be one value, for it to be quicker to look values up than to read them again and again. */
const FEW_RECORDS = 3;

/** Reads a field: its different values, to be looked up for each record, or those of all records where hardly any repeat. */
function readField(
  connection: Queries,
  relation: string,
  settings: Normalisation,
  raw: Uint32Array,
): Promise<ReadField> {
  const field = settings.fields[0]!;
  const doRepeat = differentHashes(raw) * FEW_RECORDS < raw.length / 2;
  const sql = doRepeat ? valuesSql(relation, field, settings) : recordsSql(relation, settings);
  const read = connection.run(sql).then(async (result) => {
    const chunks = await result.fetchAllChunks();
    return {
      writeTo: (table: RecordTable, index: number, nicknames: Nicknames) => {
        if (doRepeat) writeValues(table, index, valuesOf(field, chunks, nicknames), raw);
        else writeChunks(table, index, chunks, nicknames);
      },
    };
  });
  // Whoever awaits it learns of an error; until then it is not unheard of.
  read.catch(() => undefined);
  return read;
}

function writeChunks(
  table: RecordTable,
  field: number,
  chunks: readonly DuckDBDataChunk[],
  nicknames: Nicknames,
): void {
  let first = 0;
  for (const chunk of chunks) {
    writeColumns(table, field, chunk, 0, first, nicknames);
    first += chunk.rowCount;
  }
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
function writeValues(table: RecordTable, field: number, { table: values, keys }: FieldValues, raw: Uint32Array): void {
  const { codes, stride, records } = table;
  const { rows } = values;
  const words = stride >>> 2;
  const ownKeys = table.keys.filter((key) => key.field === field).map((key) => key.values);
  const text = table.layout[field]!.text >>> 2;
  const { width, field: own } = table.layout[field]!;
  const nicknames = hasNicknames(own) ? NICKNAMES_FROM >>> 2 : undefined;
  for (let record = 0; record < records; record++) {
    const start = values.find(raw[2 * record] as number, raw[2 * record + 1] as number);
    if (start < 0 || rows[start + CODE] === 0) continue;
    codes[record * words + field] = rows[start + CODE] as number;
    for (let key = 0; key < keys; key++) ownKeys[key]![record] = rows[start + KEYS + key] as number;
    if (width === 0) continue;
    // The first byte of a text is its length.
    const from = start + KEYS + keys;
    const last = ((rows[from] as number) & 0xff) >>> 2;
    for (let word = 0; word <= last; word++) codes[record * words + text + word] = rows[from + word] as number;
    if (nicknames === undefined) continue;
    const lines = record * words + text + nicknames;
    codes[lines] = rows[from + nicknames] as number;
    codes[lines + 1] = rows[from + nicknames + 1] as number;
  }
}
