import type { ColumnMetadata, Field, GetStatementResultResponse } from '@aws-sdk/client-redshift-data';
import { HubError } from '../../../core/errors';
import { utcDate, utcTime } from '../../../core/sql/answered-times';

/**
 * The rows of a page as the KPI store promises them.
 *
 * @param columns of the first page: later ones need not have them
 * @throws HubError KPI_QUERY_FAILED when a BIGINT is beyond 2^53, which JSON would have rounded
 */
export function rowsOfPage<Row extends object>(
  columns: readonly ColumnMetadata[],
  { Records: records = [] }: GetStatementResultResponse,
): Row[] {
  return records.map((record) => {
    const entries = columns.map((column, index) => [nameOf(column), valueOf(column, record[index]!)] as const);
    return Object.fromEntries(entries) as Row;
  });
}

function nameOf({ label, name }: ColumnMetadata): string {
  return (label === undefined || label === '' ? name : label) ?? '';
}

function valueOf(column: ColumnMetadata, field: Field): unknown {
  if (field.isNull !== undefined) return null;
  if (field.longValue !== undefined) return whole(column, field.longValue);
  const value = field.doubleValue ?? field.booleanValue ?? field.stringValue ?? field.blobValue;
  if (typeof value !== 'string') return value;
  return (READERS[column.typeName ?? ''] ?? ((text: string) => text))(value);
}

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  date: utcDate,
  float4: Number,
  float8: Number,
  numeric: Number,
  timestamp: utcTime,
};

function whole(column: ColumnMetadata, value: number): bigint | number {
  if (column.typeName !== 'int8') return value;
  if (Number.isSafeInteger(value)) return BigInt(value);
  const name = nameOf(column);
  throw new HubError('KPI_QUERY_FAILED', `the column "${name}" has numbers beyond 2^53: CAST it to VARCHAR`, {
    field: name,
  });
}
