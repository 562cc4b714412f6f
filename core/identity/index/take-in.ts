import { PackedIds } from '../../journeys/customer-ids';
import { agreeingPairs } from '../blocking/agreeing-pairs';
import type { CandidatePairs } from '../blocking/candidate-pairs';
import { looseWeight } from '../clustering/link-records';
import { rulesOf, type LinkageModel } from '../model/linkage-model';
import { markKnownRarity } from '../records/known-rarities';
import { GONE, type RecordIndex } from './record-index';

/** What happened to the records of an index since it was made. */
export interface RecordChanges {
  /** Ids of records that were written into the table's next free slots, in that order. */
  readonly arrived: readonly string[];
  /** Slots of records that are no more, or that one of those arrived takes the place of. */
  readonly gone: readonly number[];
}

/** An index with changes in it, of which nothing has been clustered yet. */
export interface ChangedIndex {
  /** Slots in use. */
  readonly end: number;
  readonly ids: PackedIds;
  /** By slot, as `RecordIndex` has it; of those that arrived, the slot itself. */
  readonly groups: Uint32Array<ArrayBuffer>;
  /** Groups that the changes concern, before or after. */
  readonly touched: Set<number>;
}

/**
 * Takes changes into an index, and finds which groups they concern: those that lose a record, and those of records that
 * pairs with new ones hold together loosely.
 */
export function takeIn(index: RecordIndex, linkage: LinkageModel, { arrived, gone }: RecordChanges): ChangedIndex {
  const end = index.slots + arrived.length;
  markKnownRarity(index.compared.table, linkage.rarities, index.slots, end);
  const groups = grown(index.groups, end);
  for (let slot = index.slots; slot < end; slot++) groups[slot] = slot;
  const touched = new Set(gone.map((slot) => groups[slot] as number));
  for (const slot of gone) groups[slot] = GONE;
  for (let slot = index.slots; slot < end; slot++) touched.add(slot);
  for (const partner of loosePartners(index, linkage, groups, end)) touched.add(groups[partner] as number);
  return { end, ids: appended(index.ids, arrived), groups, touched };
}

/** The slots of groups, in their order. */
export function slotsIn({ touched, groups, end }: Pick<ChangedIndex, 'touched' | 'groups' | 'end'>): Uint32Array {
  const slots: number[] = [];
  for (let slot = 0; slot < end; slot++)
    if (groups[slot] !== GONE && touched.has(groups[slot] as number)) slots.push(slot);
  return Uint32Array.from(slots);
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

/** Ids with more behind them. */
export function appended(ids: PackedIds, more: readonly string[]): PackedIds {
  const added = PackedIds.of(more);
  const bytes = new Uint8Array(ids.bytes.length + added.bytes.length);
  bytes.set(ids.bytes);
  bytes.set(added.bytes, ids.bytes.length);
  const offsets = grown(ids.offsets, ids.size + added.size + 1);
  for (let index = 1; index <= added.size; index++)
    offsets[ids.size + index] = ids.bytes.length + added.offsets[index]!;
  return new PackedIds(bytes, offsets);
}

/** A copy with room for more. */
export function grown(old: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(old);
  return larger;
}
