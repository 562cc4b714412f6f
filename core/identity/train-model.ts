import type { LinkageSettings } from '../../schemas/linkage';
import type { ComparableRecords } from './kernel-comparer';
import { knownRarities } from './known-rarities';
import { blockingRules, learn } from './link';
import type { LinkageModel } from './linkage-model';
import type { RecordTable } from './record-table';

/**
 * Learns a model to keep. Of few records every pair is learned from, but a model also has blocking rules: the records that
 * will be linked by it may be many.
 *
 * @param finish told the name of every stage as it ends
 */
export function trainModel(
  compared: ComparableRecords,
  settings: LinkageSettings,
  finish: (stage: string) => void,
): LinkageModel & { readonly rounds: number } {
  const { table } = compared;
  const { rules, model, rounds } = learn(compared, settings, finish);
  const chosen = rules.length > 0 ? rules : blockingRules(table, settings);
  const blocking = chosen.map(({ keys }) => keys.map(({ name }) => name));
  return {
    records: table.records,
    settings,
    blocking: blocking.length > 0 ? blocking : anyKey(table),
    rarities: knownRarities(table),
    model,
    rounds,
  };
}

/** Where no two records agree on anything, nothing tells rules apart: what agrees on any value is looked at. */
function anyKey({ keys, layout }: RecordTable): string[][] {
  const kindOf = (field: number) => layout[field]!.kind;
  const telling = keys.filter(({ field, isCoarse }) => !isCoarse && kindOf(field) !== 'category');
  return telling.map(({ name }) => [name]);
}
