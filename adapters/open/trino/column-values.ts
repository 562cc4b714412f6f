import { HubError } from '../../../core/errors';
import { utcDate, utcTime } from '../../../core/sql/answered-times';

/** A type as Trino's client protocol tells it, e.g. `array` of `bigint`. */
export interface TrinoType {
  readonly rawType: string;
  readonly arguments: readonly { readonly kind: string; readonly value: unknown }[];
}

export interface TrinoColumn {
  readonly name: string;
  readonly typeSignature: TrinoType;
}

type Read = (value: unknown) => unknown;

/**
 * How the values of a column are read: BIGINT as bigint, times and dates as Date (UTC), lists as arrays, other numbers as
 * numbers, anything else as text.
 *
 * @throws HubError LAKE_QUERY_FAILED when a BIGINT is beyond 2^53, which JSON would have rounded
 */
export function columnReader({ name, typeSignature }: TrinoColumn): Read {
  const read = typeReader(name, typeSignature);
  return (value) => (value === null ? null : read(value));
}

function typeReader(name: string, { rawType, arguments: parts }: TrinoType): Read {
  if (rawType === 'bigint') return (value) => exact(name, value);
  if (rawType === 'decimal' || rawType === 'double' || rawType === 'real') return Number;
  if (rawType === 'timestamp') return (value) => utcTime(String(value));
  if (rawType === 'date') return (value) => utcDate(String(value));
  if (rawType === 'array') {
    const read = columnReader({ name, typeSignature: parts[0]?.value as TrinoType });
    return (value) => (value as readonly unknown[]).map(read);
  }
  return (value) => value;
}

function exact(name: string, value: unknown): bigint {
  if (Number.isSafeInteger(value)) return BigInt(value as number);
  const message = `the column "${name}" has numbers beyond 2^53: CAST it to VARCHAR`;
  throw new HubError('LAKE_QUERY_FAILED', message, { field: name });
}
