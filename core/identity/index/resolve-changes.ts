import type { PackedIds } from '../../journeys/customer-ids';
import { alone } from '../../parallel/work';
import { assignCustomerIds, DisjointSets } from '../clustering/clusters';
import { linkWithModel, type FixedLinkage, type LinkageModel } from '../model/linkage-model';
import { gatherRecords, inOrderOfIds, type RecordIndex } from './record-index';
import { appended, grown, slotsIn, takeIn, type RecordChanges } from './take-in';

/** An index after changes, and what became of the records that they concern. */
export interface ResolvedChanges {
  readonly index: RecordIndex;
  /** Slots that were clustered again. */
  readonly affected: Uint32Array;
  /** Records whose customer is another than before, or new. */
  readonly moved: readonly MovedRecord[];
}

export interface MovedRecord {
  readonly id: string;
  readonly customer: string;
  /** Absent for a new record. */
  readonly before?: string;
}

/**
 * Takes new, changed and deleted records into an index, and looks again only at what they can concern. Under a model that
 * stays as it is, records of different loose groups never matter to one another: so clustering the groups that a change
 * touches, before or after, gives what clustering all records anew would give (a property test holds that).
 *
 * @param kernel compares many records faster; the outcome is the same without
 */
export function resolveChanges(
  index: RecordIndex,
  linkage: LinkageModel,
  changes: RecordChanges,
  kernel?: WebAssembly.Module,
): ResolvedChanges {
  const changed = takeIn(index, linkage, changes);
  const { end, ids, groups } = changed;
  const customers = grown(index.customers, end);
  const affected = inOrderOfIds(ids, slotsIn(changed));
  const found = alone(linkWithModel(gatherRecords(index.compared.table, affected, kernel), linkage));
  affected.forEach((slot, record) => (groups[slot] = affected[found.groups[record] as number] as number));
  const previous = previousNames(index, ids, changes, affected);
  const assigned = nameCustomers(index.names, ids, affected, found, previous);
  const names = numberCustomers(index.names, affected, assigned, customers);
  return {
    index: { ...index, slots: end, ids, groups, customers, names },
    affected,
    moved: movedOf(ids, affected, previous, assigned),
  };
}

/** By slot, the customer that a record had: a changed one that of the slot it leaves. */
function previousNames(
  { customers, names, slots, ids: before }: RecordIndex,
  ids: PackedIds,
  { gone }: RecordChanges,
  affected: Uint32Array,
): (string | null)[] {
  const left = new Map(gone.map((slot) => [before.at(slot), slot]));
  return Array.from(affected, (slot) => {
    const own = slot < slots ? slot : left.get(ids.at(slot));
    return own === undefined ? null : names.at(customers[own] as number);
  });
}

/** By record that is looked at again: the name of its customer, as `assignCustomerIds` keeps it. */
function nameCustomers(
  names: PackedIds,
  ids: PackedIds,
  affected: Uint32Array,
  { clusters }: FixedLinkage,
  previous: readonly (string | null)[],
): string[] {
  const byAge = Array.from(affected.keys()).sort((a, b) => affected[a]! - affected[b]!);
  const ageOf = new Map(byAge.map((record, age) => [record, age]));
  const sets = new DisjointSets(affected.length);
  clusters.forEach((first, record) => sets.union(ageOf.get(first)!, ageOf.get(record)!));
  const assigned = assignCustomerIds(
    {
      ids: byAge.map((record) => ids.at(affected[record] as number)),
      previous: byAge.map((record) => previous[record] ?? null),
      freshIds: byAge.map((record) => unusedName(names, ids.at(affected[record] as number))),
    },
    sets,
  );
  return Array.from(affected.keys(), (record) => assigned[ageOf.get(record)!]!);
}

/** A customer is called by its first record, unless another one was before. */
function unusedName(names: PackedIds, id: string): string {
  let name = id;
  for (let number = 2; names.indexOf(name) >= 0; number++) name = `${id}-${number}`;
  return name;
}

/**
 * Writes the numbers of customers, and gives new ones theirs.
 *
 * @param affected slots
 * @param assigned the customer of each
 * @param customers by slot; written
 * @returns the names of all customers there ever were
 */
export function numberCustomers(
  names: PackedIds,
  affected: Uint32Array,
  assigned: readonly string[],
  customers: Uint32Array,
): PackedIds {
  const fresh = new Map<string, number>();
  affected.forEach((slot, record) => {
    const name = assigned[record] as string;
    let number = fresh.get(name) ?? names.indexOf(name);
    if (number < 0) {
      number = names.size + fresh.size;
      fresh.set(name, number);
    }
    customers[slot] = number;
  });
  return appended(names, [...fresh.keys()]);
}

function movedOf(
  ids: PackedIds,
  affected: Uint32Array,
  previous: readonly (string | null)[],
  assigned: readonly string[],
): MovedRecord[] {
  return [...affected.keys()]
    .filter((record) => previous[record] !== assigned[record])
    .map((record) => {
      const before = previous[record] ?? null;
      const base = { id: ids.at(affected[record] as number), customer: assigned[record] as string };
      return before === null ? base : { ...base, before };
    });
}
