import type { LinkageSettings } from '../../schemas/linkage';
import type { Work } from '../parallel/work';
import { chooseBlockingRules, type BlockingRule } from './blocking/blocking-rules';
import { allPairs, candidatePairs, type CandidatePairs } from './blocking/candidate-pairs';
import { declaredRules } from './blocking/declared-rules';
import { countValues } from './records/count-values';
import { chanceAgreement } from './model/chance-agreement';
import { compareVectors, type ComparisonVectors } from './comparison/comparison-vectors';
import { learnClasses } from './model/latent-classes';
import type { LabelledPairs } from './model/labelled-pairs';
import { learnFromLabels } from './model/learn-from-labels';
import { linkRecords } from './clustering/link-records';
import { MatchModel } from './model/match-model';
import type { Placeholder } from './records/placeholders';
import type { ComparableRecords } from './comparison/kernel-comparer';
import type { RecordTable } from './records/record-table';

/** So few pairs are all looked at, and so many are never too many. */
const FEW_PAIRS = 3_000_000;

export interface Linkage {
  /** Empty where every pair was looked at. */
  readonly rules: readonly BlockingRule[];
  readonly pairs: CandidatePairs;
  readonly vectors: ComparisonVectors;
  readonly model: MatchModel;
  /** Values that were taken for none. */
  readonly placeholders: readonly Placeholder[];
  /** Rounds of learning. */
  readonly rounds: number;
  /** By record: the smallest number of its cluster. */
  readonly clusters: Uint32Array;
}

/** What was learned, and the pairs it was learned from. */
export type Learning = Omit<Linkage, 'clusters'>;

/**
 * Links records of one person: chooses which pairs to look at, compares them, learns what agreement means, and clusters.
 *
 * @param finish told the name of every stage as it ends
 * @param labels what somebody said of some pairs; needless
 */
export function* link(
  compared: ComparableRecords,
  settings: LinkageSettings,
  finish: (stage: string) => void,
  labels?: LabelledPairs,
): Work<Linkage> {
  const learning = yield* learn(compared, settings, finish, labels);
  const clusters = yield* linkRecords(compared, learning.pairs, learning.vectors, learning.model, settings);
  finish('cluster');
  return { ...learning, clusters };
}

/** `link` without the last step. */
export function* learn(
  compared: ComparableRecords,
  settings: LinkageSettings,
  finish: (stage: string) => void,
  labels?: LabelledPairs,
): Work<Learning> {
  const { table, comparer } = compared;
  const { seed, blocking } = settings;
  const { placeholders, rarities } = yield* countValues(table);
  const isSmall = blocking === undefined && (table.records * (table.records - 1)) / 2 <= FEW_PAIRS;
  const rules = isSmall ? [] : yield* blockingRules(table, settings);
  const pairs = isSmall ? allPairs(table) : yield* candidatePairs(table, rules);
  finish('block');
  const vectors = yield* compareVectors(compared, pairs);
  finish('compare');
  const chance = chanceAgreement(compared, rarities, seed);
  finish('chance');
  const { classes, rounds } = learnClasses(vectors, settings.fields, chance, table.records);
  const unlabelled = new MatchModel(settings.fields, chance, classes);
  const model = labels === undefined ? unlabelled : learnFromLabels(unlabelled, comparer, labels);
  finish('learn');
  return { placeholders, rules, pairs, vectors, model, rounds };
}

/**
 * The rules of the settings, or those that fit the records.
 *
 * @throws HubError those of `declaredRules`
 */
export function* blockingRules(table: RecordTable, settings: LinkageSettings): Work<BlockingRule[]> {
  const { blocking, maxPairs, pairsPerRecord, seed } = settings;
  if (blocking !== undefined) return declaredRules(table, blocking, maxPairs);
  return yield* chooseBlockingRules(table, Math.max(FEW_PAIRS, pairsPerRecord * table.records), seed);
}
