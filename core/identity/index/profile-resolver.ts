import { alone } from '../../parallel/work';
import { valuesOf } from '../blocking/blocking-rules';
import { explainPair, type PairExplanation } from '../model/explain-pair';
import { ruleValue, linkWithModel, rulesOf, type LinkageModel } from '../model/linkage-model';
import { bounded, looseWeight } from '../clustering/link-records';
import { probabilityOf } from '../model/match-model';
import { gatherRecords, GONE, inOrderOfIds, type RecordIndex } from './record-index';
import type { BlockingKey } from '../records/record-table';
import { SlotLookup } from './slot-lookup';

/** A record that a profile was compared with. */
export interface ComparedRecord extends PairExplanation {
  readonly recordId: string;
  readonly customerId: string;
}

export interface ResolvedProfile {
  /** Null for a profile of nobody that is known. */
  readonly customerId: string | null;
  /** How likely the profile is this customer's, by its weight with the customer's records on average. */
  readonly probability: number | null;
  /** The records that speak the most for the customer; of nobody, those that come closest. */
  readonly evidence: readonly ComparedRecord[];
}

/** Records that are clustered with a profile; of larger groups, those of the likeliest customers. */
const MOST_TOGETHER = 150;
const SHOWN = 3;

/**
 * Tells whose a profile is, at once: it is linked with the records that it has to do with, by the very steps that take a
 * new record into an index (`resolveChanges`). It is the customer's that most of those belong to that it ends up with.
 */
export class ProfileResolver {
  private readonly rules: readonly { readonly keys: readonly BlockingKey[]; readonly lookup: SlotLookup }[];
  private readonly byGroup: SlotLookup;
  private readonly byCustomer: SlotLookup;

  constructor(
    private readonly index: RecordIndex,
    private readonly linkage: LinkageModel,
  ) {
    const { table } = index.compared;
    this.rules = rulesOf(table, linkage.blocking).map((keys) => {
      return { keys, lookup: new SlotLookup(valuesOf(keys, index.slots)) };
    });
    this.byGroup = new SlotLookup(index.groups.map(keyOf));
    this.byCustomer = new SlotLookup(index.customers.map(keyOf));
  }

  /** @param slot one beyond those of the index, with the profile's record as `readProfile` leaves it */
  resolve(slot: number): ResolvedProfile {
    const { index } = this;
    const near = this.nearest(slot);
    const mates = this.matesOf(slot, near);
    if (mates.length === 0) return { customerId: null, probability: null, evidence: this.shown(near) };
    const customer = this.customerOf(mates);
    const own = this.weighed(
      slot,
      mates.filter((mate) => index.customers[mate] === customer),
    );
    const average = own.reduce((sum, { weight }) => sum + bounded(weight), 0) / own.length;
    return {
      customerId: index.names.at(customer),
      probability: probabilityOf(average),
      evidence: this.shown(own),
    };
  }

  /** What speaks for records to be those of one person, the most first. */
  evidenceFor(slot: number, others: readonly number[]): ComparedRecord[] {
    return this.shown(this.weighed(slot, others));
  }

  /** The customer that most of some records belong to; of equals that of the first. */
  customerOf(slots: readonly number[]): number {
    return mostFrequent(slots.map((slot) => this.index.customers[slot] as number));
  }

  /** Records that agree with one on a rule, the likeliest first. */
  private nearest(slot: number): WeighedSlot[] {
    const found = new Set<number>();
    for (const { keys, lookup } of this.rules) {
      for (const other of lookup.find(ruleValue(keys, slot))) {
        if (this.index.groups[other] !== GONE) found.add(other);
      }
    }
    return this.weighed(slot, [...found]);
  }

  private weighed(slot: number, others: readonly number[]): WeighedSlot[] {
    const { comparer } = this.index.compared;
    const packed = comparer.compare(Uint32Array.from(others), new Uint32Array(others.length).fill(slot));
    return others
      .map((other, pair) => {
        const levels = comparer.packing.unpack(packed[pair] as number);
        return { slot: other, levels, weight: this.linkage.model.weight(levels) };
      })
      .sort((a, b) => b.weight - a.weight || a.slot - b.slot);
  }

  /** The records that it is clustered with. */
  private matesOf(slot: number, near: readonly WeighedSlot[]): number[] {
    const least = looseWeight(this.linkage.settings.threshold);
    const loose = near.filter(({ weight }) => weight > least).map((own) => own.slot);
    if (loose.length === 0) return [];
    const { ids, compared } = this.index;
    const together = [...inOrderOfIds(ids, this.together(loose))];
    const { clusters } = alone(linkWithModel(gatherRecords(compared.table, [...together, slot]), this.linkage));
    const own = clusters[together.length];
    return together.filter((_, record) => clusters[record] === own).sort((a, b) => a - b);
  }

  /** All of the groups of some records, where they are not too many. */
  private together(loose: readonly number[]): number[] {
    const { groups, customers } = this.index;
    const all = [...new Set(loose.map((slot) => groups[slot] as number))].flatMap((group) => [
      ...this.byGroup.find(keyOf(group)),
    ]);
    if (all.length <= MOST_TOGETHER) return all;
    const likeliest = [...new Set(loose.map((slot) => customers[slot] as number))];
    const theirs: number[] = [];
    for (const customer of likeliest) {
      const own = this.byCustomer.find(keyOf(customer)).filter((slot) => groups[slot] !== GONE);
      if (theirs.length > 0 && theirs.length + own.length > MOST_TOGETHER) break;
      theirs.push(...own);
    }
    return theirs.slice(0, MOST_TOGETHER);
  }

  private shown(near: readonly WeighedSlot[]): ComparedRecord[] {
    const { ids, names, customers } = this.index;
    return near.slice(0, SHOWN).map((other) => ({
      recordId: ids.at(other.slot),
      customerId: names.at(customers[other.slot] as number),
      ...explainPair(this.linkage.model, other.levels),
    }));
  }
}

interface WeighedSlot {
  readonly slot: number;
  readonly levels: Uint8Array;
  readonly weight: number;
}

/** A number as a key, which is none for GONE. */
function keyOf(number: number): number {
  return (number + 1) >>> 0;
}

/** Of equals the one that comes first. */
function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, own) => (own[1] > best[1] ? own : best))[0];
}
