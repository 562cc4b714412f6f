import { PairList, type CandidatePairs } from './candidate-pairs';
import { ruleValue } from '../model/linkage-model';
import type { BlockingKey } from '../records/record-table';

/** Which slots to look at: the ones from `first` on are new, and `end` is where the last one ends. */
export interface NewSlots {
  readonly first: number;
  readonly end: number;
}

/** So many bits of a value tell most of those that no new record has. */
const FILTER_BITS = 16;

/**
 * The pairs of a new record with any other that agree on a rule, as `candidatePairs` finds them, but without sorting what
 * is there: one pass over every rule's values. A pair that agrees on several rules is found once for each.
 */
export function agreeingPairs(rules: readonly (readonly BlockingKey[])[], { first, end }: NewSlots): CandidatePairs {
  const found = new PairList(0);
  const mask = (1 << FILTER_BITS) - 1;
  for (const keys of rules) {
    const wanted = newByValue(keys, { first, end });
    const mayBe = new Uint8Array(1 << FILTER_BITS);
    for (const value of wanted.keys()) mayBe[value & mask] = 1;
    for (let slot = 0; slot < end; slot++) {
      const value = ruleValue(keys, slot);
      if (value === 0 || mayBe[value & mask] === 0) continue;
      for (const arrived of wanted.get(value) ?? []) {
        // Of two new ones, the later finds the earlier.
        if (slot < arrived) found.add(slot, arrived);
      }
    }
  }
  return found.pairs();
}

function newByValue(keys: readonly BlockingKey[], { first, end }: NewSlots): Map<number, number[]> {
  const slots = new Map<number, number[]>();
  for (let slot = first; slot < end; slot++) {
    const value = ruleValue(keys, slot);
    if (value === 0) continue;
    const own = slots.get(value);
    if (own === undefined) slots.set(value, [slot]);
    else own.push(slot);
  }
  return slots;
}
