import type { EqualGroups } from './equal-groups';
import { joinKeys } from './hashing';
import { equalityKey, type RecordTable } from './record-table';

/** A value that stands for none: so many people hold it that it tells nobody. */
export interface Placeholder {
  /** The field, by its place in the layout. */
  readonly field: number;
  /** The hash by which records with the value are found. */
  readonly hash: number;
  /** What it says, once normalised. */
  readonly text: string;
  readonly records: number;
}

/** Fields whose values are one person's, or one household's: thousands share a name, a city, a postcode rightly. */
const TELLING = ['phone', 'email', 'code', 'date'];
/** A placeholder is held by so many times more records than a value of the field on average: so by twenty at least. */
const TIMES_AVERAGE = 20;
/** For so many of the records that hold it there is another name. */
const DIFFERENT = 0.5;

/**
 * Finds values that people or systems write when they know nothing (a phone number of noughts, the first of January 1900)
 * by what they have in common: very many hold them, under different names. Records lose them.
 *
 * @param groups records by their value of the field
 * @param names by record, as `namesOf` has them
 */
export function dropPlaceholders(
  table: RecordTable,
  field: number,
  { count, places, starts }: EqualGroups,
  names: Uint32Array,
): Placeholder[] {
  if (!TELLING.includes(table.layout[field]!.kind)) return [];
  const hashes = equalityKey(table, field);
  const least = (TIMES_AVERAGE * places.length) / Math.max(1, count);
  const found: Placeholder[] = [];
  for (let group = 0; group < count; group++) {
    const [from, to] = [starts[group] as number, starts[group + 1] as number];
    if (to - from < least) continue;
    const holders = places.subarray(from, to);
    if (!haveDifferentNames(holders, names)) continue;
    const first = holders[0] as number;
    found.push({ field, hash: hashes[first] as number, text: textOf(table, field, first), records: to - from });
    for (const record of holders) dropValue(table, field, record);
  }
  return found;
}

/** Takes a value from a record, with all that it is found by. */
export function dropValue({ codes, stride, keys }: RecordTable, field: number, record: number): void {
  codes[(record * stride) / 4 + field] = 0;
  for (const key of keys) if (key.field === field) key.values[record] = 0;
}

/** All names of every record as one number, 0 where one is missing; nothing where records have no names. */
export function namesOf({ layout, keys, records }: RecordTable): Uint32Array | undefined {
  const own = keys.filter(({ field, isCoarse }) => {
    const kind = layout[field]!.kind;
    return !isCoarse && (kind === 'name' || kind === 'fullname');
  });
  if (own.length === 0) return undefined;
  const [first, ...others] = own.map(({ values }) => values);
  return others.reduce(
    (names, values) => names.map((name, record) => joinKeys(name, values[record] as number)),
    first!.subarray(0, records),
  );
}

function haveDifferentNames(records: Uint32Array, names: Uint32Array): boolean {
  const different = new Set<number>();
  for (const record of records) if (names[record] !== 0) different.add(names[record] as number);
  return different.size >= DIFFERENT * records.length;
}

function textOf({ bytes, stride, layout }: RecordTable, field: number, record: number): string {
  const start = record * stride + layout[field]!.text;
  return new TextDecoder().decode(bytes.slice(start + 1, start + 1 + (bytes[start] as number)));
}
