import { newRecords, type ComparableRecords } from '../../../core/identity/comparison/kernel-comparer';
import { hasNicknames, Nicknames } from '../../../core/identity/records/nicknames';
import type { RecordTable } from '../../../core/identity/records/record-table';
import type { FieldKind, FieldRole, LinkageField } from '../../../schemas/linkage';

export function field(column: string, kind: FieldKind, role: FieldRole = 'personal'): LinkageField {
  return { column, kind, role };
}

type Rows = readonly (readonly (string | null)[])[];

/** A table of records alone. */
export function tableOf(fields: readonly LinkageField[], rows: Rows, files?: Uint8Array): RecordTable {
  return recordsOf(fields, rows, { files }).table;
}

/** Normalised values by record, as a table: codes number the values, and every coarse key is the first three letters. */
export function recordsOf(
  fields: readonly LinkageField[],
  rows: Rows,
  options: {
    files?: Uint8Array | undefined;
    kernel?: WebAssembly.Module | undefined;
    nicknames?: readonly string[] | undefined;
  } = {},
): ComparableRecords {
  const compared = newRecords(fields, rows.length, options);
  const { table } = compared;
  const numbers = new Map<string, number>();
  const codeOf = (value: string | null) => {
    if (value === null) return 0;
    numbers.set(value, numbers.get(value) ?? numbers.size + 1);
    return numbers.get(value) as number;
  };
  const nicknames = new Nicknames(options.nicknames ?? []);
  const encoder = new TextEncoder();
  rows.forEach((row, record) => {
    table.layout.forEach(({ field, text, width }, index) => {
      const value = row[index] ?? null;
      table.codes[(record * table.stride) / 4 + index] = codeOf(value);
      const bytes = encoder.encode(value ?? '').subarray(0, width);
      if (width === 0) return;
      table.bytes[record * table.stride + text] = bytes.length;
      table.bytes.set(bytes, record * table.stride + text + 1);
      if (hasNicknames(field)) nicknames.write(table.bytes, record * table.stride + text);
    });
    for (const { field: index, isCoarse, values } of table.keys) {
      const value = row[index] ?? null;
      values[record] = codeOf(isCoarse && value !== null ? `${value.slice(0, 3)}…` : value);
    }
  });
  return compared;
}
