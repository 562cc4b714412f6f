import type { PackedIds } from '../../journeys/customer-ids';
import { hashOf } from '../../journeys/customer-ids';
import { newRecords, type ComparableRecords } from '../comparison/kernel-comparer';
import type { RecordTable } from '../records/record-table';

/** In place of its group, for a record that was taken out or replaced. */
export const GONE = 0xffffffff;

/**
 * Records under a model that stays as it is, each in a slot: what tells, of new ones, whose they are without looking at
 * all again. Slots are given out one after the other and never used again: a record that changes gets another.
 */
export interface RecordIndex {
  /** May have room for more records than there are. */
  readonly compared: ComparableRecords;
  /** Slots in use, by records that are there or gone. */
  readonly slots: number;
  /** By slot. */
  readonly ids: PackedIds;
  /** By slot: a number for all that pairs hold together loosely (`FixedLinkage`), or GONE. */
  readonly groups: Uint32Array;
  /** By slot: the number of the customer. */
  readonly customers: Uint32Array;
  /** By number of the customer; those whose last record left are kept, so that no other customer gets their name. */
  readonly names: PackedIds;
  /** By deterministic rule that ties records as well as the model does; none for the records of a file. */
  readonly ruleKeys: readonly RuleKeys[];
}

/** What records tell that a rule compares, by slot: a hash in two halves, both 0 where they tell nothing. */
export interface RuleKeys {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

/** The slots of records by id; those that are not there have none. */
export function slotsOf({ ids, groups, slots }: RecordIndex, wanted: Iterable<string>): Map<string, number> {
  const encoder = new TextEncoder();
  const byHash = new Map<number, string[]>();
  for (const id of wanted) {
    const hash = hashOf(encoder.encode(id));
    byHash.set(hash, [...(byHash.get(hash) ?? []), id]);
  }
  const found = new Map<string, number>();
  for (let slot = 0; slot < slots; slot++) {
    if (groups[slot] === GONE) continue;
    const alike = byHash.get(hashOf(ids.bytesOf(slot)));
    if (alike === undefined) continue;
    const id = ids.at(slot);
    if (alike.includes(id)) found.set(id, slot);
  }
  return found;
}

/** Some records of a table, copied into one of their own, in the order given. */
export function gatherRecords(
  table: RecordTable,
  records: ArrayLike<number>,
  kernel?: WebAssembly.Module,
): ComparableRecords {
  const fields = table.layout.map(({ field }) => field);
  const gathered = newRecords(fields, records.length, { kernel });
  const { bytes, stride, keys } = gathered.table;
  for (let index = 0; index < records.length; index++) {
    const from = (records[index] as number) * stride;
    bytes.set(table.bytes.subarray(from, from + stride), index * stride);
  }
  keys.forEach(({ values }, key) => {
    const all = table.keys[key]!.values;
    for (let index = 0; index < records.length; index++) values[index] = all[records[index] as number] as number;
  });
  return gathered;
}

/** Slots in the order in which records are clustered: that of their ids, however they arrived. */
export function inOrderOfIds(ids: PackedIds, slots: ArrayLike<number>): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(slots).sort((a, b) => compareBytes(ids.bytesOf(a), ids.bytesOf(b)));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) if (a[index] !== b[index]) return a[index]! - b[index]!;
  return a.length - b.length;
}
