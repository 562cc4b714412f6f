import { DisjointSets } from '../clustering/clusters';
import type { ProfilePair } from '../clustering/firm-sets';
import { looseWeight, vectorWeights } from '../clustering/link-records';
import type { ComparedPairs, LinkageModel } from '../model/linkage-model';
import { GONE, type RecordIndex, type RuleKeys } from './record-index';
import { slotsIn, takeIn, type ChangedIndex, type RecordChanges } from './take-in';

export interface ProfileChanges extends RecordChanges {
  /** Slots of profiles that somebody said something of. */
  readonly said: readonly number[];
}

/** An index with changes in it, and the slots of all profiles that they can concern. */
export interface ChangedProfileIndex extends ChangedIndex {
  readonly affected: Uint32Array;
}

/**
 * Finds the profiles that changes can concern: those of all groups that lose, gain, or come to be held together with
 * another by the model, by a rule, or by what somebody said. The others are with whom they would be if all were resolved.
 *
 * @param most by rule: a value held by more profiles than this ties none
 */
export function takeInProfiles(
  index: RecordIndex,
  linkage: LinkageModel,
  changes: ProfileChanges,
  most: readonly number[],
): ChangedProfileIndex {
  const changed = takeIn(index, linkage, changes);
  const { groups, touched, end } = changed;
  for (const slot of changes.said) touched.add(groups[slot] as number);
  const moving = [...changes.gone, ...Array.from({ length: end - index.slots }, (_, at) => index.slots + at)];
  index.ruleKeys.forEach((keys, rule) => {
    const holders = holdersOf(keys, moving, end);
    for (const slots of holders.values()) {
      const after = slots.filter((slot) => groups[slot] !== GONE);
      const before = slots.filter((slot) => slot < index.slots && index.groups[slot] !== GONE);
      // A value that too many held before and after ties nobody, whoever comes or goes.
      if (Math.min(before.length, after.length) > most[rule]!) continue;
      for (const slot of after) touched.add(groups[slot] as number);
    }
  });
  return { ...changed, affected: slotsIn(changed) };
}

/** Whether a rule ties an affected profile with others: not by a value that too many profiles hold. */
export function rulesThatTie(
  { ruleKeys }: Pick<RecordIndex, 'ruleKeys'>,
  { groups, end, affected }: ChangedProfileIndex,
  most: readonly number[],
): (rule: number, slot: number) => boolean {
  const tooMany = ruleKeys.map((keys, rule) => {
    const held = new Set<number>();
    for (const holders of holdersOf(keys, affected, end).values()) {
      const living = holders.filter((slot) => groups[slot] !== GONE);
      if (living.length > most[rule]!) for (const slot of living) held.add(slot);
    }
    return held;
  });
  return (rule, slot) => !tooMany[rule]!.has(slot);
}

/** So many bits of a key tell most of those that nobody asks for. */
const FILTER_MASK = 0xffff;

/** All slots, gone ones too, that hold what some slots hold, by the key. */
function holdersOf(keys: RuleKeys, slots: ArrayLike<number>, end: number): Map<number, number[]> {
  const holders = new Map<number, number[]>();
  const mayBe = new Uint8Array(FILTER_MASK + 1);
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at] as number;
    if (keys.low[slot] === 0 && keys.high[slot] === 0) continue;
    holders.set(keyOf(keys, slot), []);
    mayBe[keys.low[slot]! & FILTER_MASK] = 1;
  }
  if (holders.size === 0) return holders;
  for (let slot = 0; slot < end; slot++) {
    if (mayBe[keys.low[slot]! & FILTER_MASK] === 1) holders.get(keyOf(keys, slot))?.push(slot);
  }
  return holders;
}

/** The 53 bits of a key that a number holds. */
function keyOf({ low, high }: RuleKeys, slot: number): number {
  return (high[slot]! & 0x1fffff) * 0x100000000 + low[slot]!;
}

/**
 * Of every profile the smallest number of those that anything holds together: pairs of the model, rules, or what somebody
 * said, also that two are apart. What is in different groups never matters to one another.
 */
export function groupsOf(
  profiles: number,
  { pairs, vectors }: ComparedPairs,
  linkage: Pick<LinkageModel, 'model' | 'settings'>,
  ties: readonly ProfilePair[],
): Uint32Array<ArrayBuffer> {
  const sets = new DisjointSets(profiles);
  const weights = vectorWeights(vectors, linkage.model);
  const least = looseWeight(linkage.settings.threshold);
  for (let pair = 0; pair < pairs.size; pair++) {
    if (weights[vectors.of[pair] as number]! > least) sets.union(pairs.a[pair] as number, pairs.b[pair] as number);
  }
  for (const [a, b] of ties) sets.union(a, b);
  return sets.smallest();
}
