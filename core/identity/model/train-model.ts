import type { LinkageSettings } from '../../../schemas/linkage';
import type { Work } from '../../parallel/work';
import type { ComparableRecords } from '../comparison/kernel-comparer';
import { knownRarities } from '../records/known-rarities';
import { blockingRules, learn, type Learning } from '../link';
import type { LabelledPairs } from './labelled-pairs';
import { linkPairs, linkWithModel, type FixedLinkage, type LinkageModel } from './linkage-model';
import type { RecordTable } from '../records/record-table';

export interface Training {
  readonly linkage: LinkageModel;
  /** The records that it was learned from, linked by it. */
  readonly linked: FixedLinkage;
  /** Rounds of learning. */
  readonly rounds: number;
}

/**
 * Learns a model to keep, and links by it. Of few records every pair is learned from, but a model also has blocking rules: the records that
 * will be linked by it may be many.
 *
 * @param finish told the name of every stage as it ends
 * @param labels what somebody said of some pairs; needless
 */
export function* trainModel(
  compared: ComparableRecords,
  settings: LinkageSettings,
  finish: (stage: string) => void,
  labels?: LabelledPairs,
): Work<Training> {
  const learning = yield* learn(compared, settings, finish, labels);
  const { rules, pairs, vectors, rounds } = learning;
  const linkage = yield* modelToKeep(compared.table, settings, learning);
  const linked = yield* rules.length > 0
    ? linkPairs(compared, linkage, pairs, vectors)
    : linkWithModel(compared, linkage);
  finish('cluster');
  return { linkage, linked, rounds };
}

/** What was learned of the records of a table, with all that others need to be linked by it. */
export function* modelToKeep(
  table: RecordTable,
  settings: LinkageSettings,
  { rules, placeholders, model }: Pick<Learning, 'rules' | 'placeholders' | 'model'>,
): Work<LinkageModel> {
  const chosen = rules.length > 0 ? rules : yield* blockingRules(table, settings);
  const blocking = chosen.map(({ keys }) => keys.map(({ name }) => name));
  return {
    records: table.records,
    settings,
    blocking: blocking.length > 0 ? blocking : anyKey(table),
    rarities: knownRarities(table, placeholders),
    model,
  };
}

/** Where no two records agree on anything, nothing tells rules apart: what agrees on any value is looked at. */
function anyKey({ keys, layout }: RecordTable): string[][] {
  const kindOf = (field: number) => layout[field]!.kind;
  const telling = keys.filter(({ field, isCoarse }) => !isCoarse && kindOf(field) !== 'category');
  return telling.map(({ name }) => [name]);
}
