import { PackedIds } from '../../journeys/customer-ids';
import { alone } from '../../parallel/work';
import { agreeingPairs } from '../blocking/agreeing-pairs';
import { assignCustomerIds, DisjointSets } from '../clustering/clusters';
import type { CandidatePairs } from '../blocking/candidate-pairs';
import { markKnownRarity } from '../records/known-rarities';
import { linkWithModel, rulesOf, type FixedLinkage, type LinkageModel } from '../model/linkage-model';
import { looseWeight } from '../clustering/link-records';
import { gatherRecords, GONE, inOrderOfIds, type RecordIndex } from './record-index';

/** What happened to the records of an index since it was made. */
export interface RecordChanges {
  /** Ids of records that were written into the table's next free slots, in that order. */
  readonly arrived: readonly string[];
  /** Slots of records that are no more, or that one of those arrived takes the place of. */
  readonly gone: readonly number[];
}

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
  const end = index.slots + changes.arrived.length;
  markKnownRarity(index.compared.table, linkage.rarities, index.slots, end);
  const ids = appended(index.ids, changes.arrived);
  const [groups, customers] = [grown(index.groups, end), grown(index.customers, end)];
  for (let slot = index.slots; slot < end; slot++) groups[slot] = slot;
  const touched = new Set(changes.gone.map((slot) => groups[slot] as number));
  for (const slot of changes.gone) groups[slot] = GONE;
  for (let slot = index.slots; slot < end; slot++) touched.add(slot);
  for (const partner of loosePartners(index, linkage, groups, end)) touched.add(groups[partner] as number);
  const affected = inOrderOfIds(ids, slotsIn(touched, groups, end));
  const found = alone(linkWithModel(gatherRecords(index.compared.table, affected, kernel), linkage));
  affected.forEach((slot, record) => (groups[slot] = affected[found.groups[record] as number] as number));
  const previous = previousNames(index, ids, changes, affected);
  const assigned = nameCustomers(index.names, ids, affected, found, previous);
  const names = numberCustomers(index.names, affected, assigned, customers);
  return {
    index: { compared: index.compared, slots: end, ids, groups, customers, names },
    affected,
    moved: movedOf(ids, affected, previous, assigned),
  };
}

/** Slots of records that pairs with new ones hold together loosely. */
function loosePartners(index: RecordIndex, linkage: LinkageModel, groups: Uint32Array, end: number): Set<number> {
  const { table, comparer } = index.compared;
  const pairs = living(agreeingPairs(rulesOf(table, linkage.blocking), { first: index.slots, end }), groups);
  const packed = comparer.compare(pairs.a, pairs.b);
  const least = looseWeight(linkage.settings.threshold);
  const partners = new Set<number>();
  for (let pair = 0; pair < pairs.size; pair++) {
    if (linkage.model.weight(comparer.packing.unpack(packed[pair] as number)) > least) {
      partners.add(pairs.a[pair] as number);
    }
  }
  return partners;
}

function living({ size, a, b }: CandidatePairs, groups: Uint32Array): CandidatePairs {
  const kept: number[] = [];
  for (let pair = 0; pair < size; pair++) if (groups[a[pair] as number] !== GONE) kept.push(pair);
  const ofKept = (records: Uint32Array) => Uint32Array.from(kept, (pair) => records[pair] as number);
  return { size: kept.length, a: ofKept(a), b: ofKept(b) };
}

function slotsIn(touched: ReadonlySet<number>, groups: Uint32Array, end: number): Uint32Array {
  const slots: number[] = [];
  for (let slot = 0; slot < end; slot++)
    if (groups[slot] !== GONE && touched.has(groups[slot] as number)) slots.push(slot);
  return Uint32Array.from(slots);
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

/** Writes the numbers of customers, and gives new ones theirs. */
function numberCustomers(
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

function appended(ids: PackedIds, more: readonly string[]): PackedIds {
  const added = PackedIds.of(more);
  const bytes = new Uint8Array(ids.bytes.length + added.bytes.length);
  bytes.set(ids.bytes);
  bytes.set(added.bytes, ids.bytes.length);
  const offsets = grown(ids.offsets, ids.size + added.size + 1);
  for (let index = 1; index <= added.size; index++)
    offsets[ids.size + index] = ids.bytes.length + added.offsets[index]!;
  return new PackedIds(bytes, offsets);
}

function grown(old: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(old);
  return larger;
}
