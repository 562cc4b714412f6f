import type { FieldKind, LinkageField } from '../../../schemas/linkage';
import { comparisonOf, type Comparison } from '../comparison/agreement-levels';
import { sharedUint32 } from '../../parallel/shared-arrays';
import { fieldKinds } from './field-kinds';
import { NICKNAME_BYTES } from './nicknames';

/** Where a field's parts are in a record of the table. */
export interface FieldLayout {
  readonly field: LinkageField;
  readonly kind: FieldKind;
  readonly comparison: Comparison;
  /** The number (in units of four bytes) of the code: a hash of the normalised value, 0 for none. */
  readonly code: number;
  /** The byte with the length of the text, which follows it. */
  readonly text: number;
  readonly width: number;
}

/**
 * Records side by side, everything that comparing two of them reads in one piece of memory: a code a field, by which
 * equal values are equal, and the beginning of its text. All of it is in memory that threads share.
 */
export interface RecordTable {
  readonly records: number;
  readonly layout: readonly FieldLayout[];
  /** Bytes a record. */
  readonly stride: number;
  readonly bytes: Uint8Array;
  /** The same memory in units of four bytes. */
  readonly codes: Uint32Array;
  /** Keys that records are blocked by: equality of each field, and the coarser ones of its kind. */
  readonly keys: readonly BlockingKey[];
  /** By record: the file it comes from. Absent when there is one. */
  readonly files?: Uint8Array;
  /** The fields of given and family names, which people and forms swap. */
  readonly names?: readonly [given: number, family: number];
}

export interface BlockingKey {
  readonly name: string;
  /** The field, by its place in the layout. */
  readonly field: number;
  readonly isCoarse: boolean;
  /** By record; 0 for no value. */
  readonly values: Uint32Array;
}

/** By record, the hash of a field's value, by which equal ones are found; 0 for none. */
export function equalityKey({ keys }: Pick<RecordTable, 'keys'>, field: number): Uint32Array {
  return keys.find((key) => key.field === field && !key.isCoarse)!.values;
}

/** Memory that a table is to be in; it is zero. */
export interface TableMemory {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
}

/** How many bytes the records of a table take. */
export function tableBytes(fields: readonly LinkageField[], records: number): number {
  return layoutOf(fields).stride * records;
}

/** Room for records of some fields; codes, texts and keys are for the caller to fill in. */
export function newRecordTable(
  fields: readonly LinkageField[],
  records: number,
  { files, memory }: { readonly files?: Uint8Array | undefined; readonly memory?: TableMemory } = {},
): RecordTable {
  const { layout, stride } = layoutOf(fields);
  const { buffer, byteOffset } = memory ?? { buffer: new SharedArrayBuffer(stride * records), byteOffset: 0 };
  const keys = fields.flatMap(({ column, kind }, field) => [
    { name: column, field, isCoarse: false, values: sharedUint32(records) },
    ...fieldKinds[kind].keys.map((name) => ({
      name: `${column} (${name})`,
      field,
      isCoarse: true,
      values: sharedUint32(records),
    })),
  ]);
  return {
    records,
    layout,
    stride,
    bytes: new Uint8Array(buffer, byteOffset, stride * records),
    codes: new Uint32Array(buffer, byteOffset, (stride * records) / 4),
    keys,
    ...namesOf(fields),
    ...(files === undefined ? {} : { files }),
  };
}

function layoutOf(fields: readonly LinkageField[]): Pick<RecordTable, 'layout' | 'stride'> {
  let at = fields.length * 4;
  const layout = fields.map((field, index) => {
    const { width } = fieldKinds[field.kind];
    const text = at;
    at += textRoom(width) + (field.kind === 'name' ? NICKNAME_BYTES : 0);
    return { field, kind: field.kind, comparison: comparisonOf(field), code: index, text, width };
  });
  return { layout, stride: at };
}

/** Bytes that a text and its length take: whole words of four. */
export function textRoom(width: number): number {
  return width === 0 ? 0 : Math.ceil((width + 1) / 4) * 4;
}

/** The fields of given and family names, by their places. */
export function namesOf(fields: readonly LinkageField[]): Pick<RecordTable, 'names'> {
  const indexOf = (wanted: string) => fields.findIndex(({ kind, role }) => kind === 'name' && role === wanted);
  const [given, family] = [indexOf('personal'), indexOf('household')];
  return given < 0 || family < 0 ? {} : { names: [given, family] };
}
