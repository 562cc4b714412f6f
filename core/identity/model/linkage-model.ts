import type { LinkageSettings } from '../../../schemas/linkage';
import { HubError } from '../../errors';
import type { Work } from '../../parallel/work';
import { named, type BlockingRule } from '../blocking/blocking-rules';
import { candidatePairs, type CandidatePairs } from '../blocking/candidate-pairs';
import { DisjointSets } from '../clustering/clusters';
import { compareVectors, type ComparisonVectors } from '../comparison/comparison-vectors';
import { joinKeys } from '../records/hashing';
import type { ComparableRecords } from '../comparison/kernel-comparer';
import { linkRecords, looseWeight, vectorWeights } from '../clustering/link-records';
import type { KnownRarities } from '../records/known-rarities';
import type { MatchModel } from './match-model';
import type { BlockingKey, RecordTable } from '../records/record-table';

/** What was learned of some records, with all that tells which pairs of others to look at and what they weigh. */
export interface LinkageModel {
  /** How many records it was learned from. */
  readonly records: number;
  readonly settings: LinkageSettings;
  /** Blocking rules, each by the names of its keys. */
  readonly blocking: readonly (readonly string[])[];
  /** By field: how frequent values are. */
  readonly rarities: readonly KnownRarities[];
  readonly model: MatchModel;
}

/** Records tied together by a model that stays as it is. */
export interface FixedLinkage {
  /** By record: the smallest number of its cluster. */
  readonly clusters: Uint32Array;
  /** By record: the smallest number of those that pairs hold together loosely. What is not in a group never matters to it. */
  readonly groups: Uint32Array;
}

/** Links all records of a table under a model that was learned before: `link` without its learning. */
export function* linkWithModel(compared: ComparableRecords, linkage: LinkageModel): Work<FixedLinkage> {
  const { pairs, vectors } = yield* comparedPairs(compared, linkage);
  return yield* linkPairs(compared, linkage, pairs, vectors);
}

/** Pairs of records, compared. */
export interface ComparedPairs {
  readonly pairs: CandidatePairs;
  readonly vectors: ComparisonVectors;
}

/** The pairs that the blocking rules of a model find, compared. */
export function* comparedPairs(
  compared: ComparableRecords,
  linkage: Pick<LinkageModel, 'blocking'>,
): Work<ComparedPairs> {
  const pairs = yield* candidatePairs(compared.table, modelRules(compared.table, linkage));
  return { pairs, vectors: yield* compareVectors(compared, pairs) };
}

/** The same, of pairs that are compared already: those that the model's blocking rules find. */
export function* linkPairs(
  compared: ComparableRecords,
  linkage: LinkageModel,
  pairs: CandidatePairs,
  vectors: ComparisonVectors,
): Work<FixedLinkage> {
  const { table } = compared;
  const { threshold } = linkage.settings;
  const weights = vectorWeights(vectors, linkage.model);
  const sets = new DisjointSets(table.records);
  const least = looseWeight(threshold);
  for (let pair = 0; pair < pairs.size; pair++) {
    if (weights[vectors.of[pair] as number]! > least) sets.union(pairs.a[pair] as number, pairs.b[pair] as number);
  }
  return {
    clusters: yield* linkRecords(compared, pairs, vectors, linkage.model, { threshold }),
    groups: sets.smallest(),
  };
}

/**
 * The blocking rules of a model, with their values in a table.
 *
 * @throws HubError those of `rulesOf`
 */
export function modelRules(table: RecordTable, { blocking }: Pick<LinkageModel, 'blocking'>): BlockingRule[] {
  return rulesOf(table, blocking).map((keys) => ({ keys, pairs: 0, ...named(keys, table.records) }));
}

/**
 * The keys of blocking rules in a table.
 *
 * @throws HubError MODEL_INVALID for a key that the table does not have
 */
export function rulesOf(table: RecordTable, blocking: LinkageModel['blocking']): (readonly BlockingKey[])[] {
  return blocking.map((names, rule) =>
    names.map((name) => {
      const key = table.keys.find((own) => own.name === name);
      if (key !== undefined) return key;
      const field = `blocking.${rule}`;
      throw new HubError('MODEL_INVALID', `${field}: there is no key "${name}"; train the model again`, { field });
    }),
  );
}

/** The value of a rule for one record; 0 where a key is missing. */
export function ruleValue([first, second]: readonly BlockingKey[], record: number): number {
  const own = first!.values[record] as number;
  return second === undefined ? own : joinKeys(own, second.values[record] as number);
}
