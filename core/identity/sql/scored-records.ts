import { NICKNAME_BYTES, NICKNAMES_FROM } from '../records/nicknames';
import type { RecordTable } from '../records/record-table';

/** The columns of `ScoredRelations.records` behind `id`: of every field its code, the bytes of its text where it has one, and of a name its lines of nicknames. */
export function scoredColumns({ layout }: Pick<RecordTable, 'layout'>): string[] {
  return layout.flatMap(({ width, kind }, field) => [
    `code_${field}`,
    ...(width === 0 ? [] : [`bytes_${field}`]),
    ...(kind === 'name' ? [`nicknames_${field}`] : []),
  ]);
}

/** What a record is in those columns. */
export function scoredRow({ layout, codes, bytes, stride }: RecordTable, record: number): (number | string)[] {
  return layout.flatMap(({ code, text, width, kind }) => {
    const start = record * stride + text;
    const own = codes[(record * stride) / 4 + code] as number;
    if (width === 0) return [own];
    const told = [own, hexadecimal(bytes.subarray(start + 1, start + 1 + (bytes[start] as number)))];
    const lines = start + NICKNAMES_FROM;
    return kind === 'name' ? [...told, hexadecimal(bytes.subarray(lines, lines + NICKNAME_BYTES))] : told;
  });
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
