import type { RecordTable } from '../records/record-table';

/** The columns of `ScoredRelations.records` behind `id`: of every field its code, and the bytes of its text where it has one. */
export function scoredColumns({ layout }: Pick<RecordTable, 'layout'>): string[] {
  return layout.flatMap(({ width }, field) => [`code_${field}`, ...(width === 0 ? [] : [`bytes_${field}`])]);
}

/** What a record is in those columns. */
export function scoredRow({ layout, codes, bytes, stride }: RecordTable, record: number): (number | string)[] {
  return layout.flatMap(({ code, text, width }) => {
    const start = record * stride + text;
    const own = codes[(record * stride) / 4 + code] as number;
    return width === 0 ? [own] : [own, hexadecimal(bytes.subarray(start + 1, start + 1 + (bytes[start] as number)))];
  });
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
