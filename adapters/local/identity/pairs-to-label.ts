import { join } from 'node:path';
import { learn } from '../../../core/identity/link';
import { chooseQuestions } from '../../../core/identity/model/label-questions';
import { comparedPairs } from '../../../core/identity/model/linkage-model';
import type { MatchModel } from '../../../core/identity/model/match-model';
import { vectorWeights } from '../../../core/identity/clustering/link-records';
import { markKnownRarity } from '../../../core/identity/records/known-rarities';
import type { CandidatePairs } from '../../../core/identity/blocking/candidate-pairs';
import type { ComparisonVectors } from '../../../core/identity/comparison/comparison-vectors';
import type { LinkageSettings } from '../../../schemas/linkage';
import type { LabelSheet } from './label-sheet';
import { readModel } from './model-file';
import { withCrew } from '../threads/thread-crew';
import { readRecords } from './read-records';
import { settingsOfFiles } from './settings-of-files';
import { BATCH, valuesOf, withRecordBatch, type RecordBatch } from './record-batch';
import { refuseUnknown, tooFewRecords } from './records-file';

export interface LabellingQuestion {
  readonly input: string;
  /** The column that names a record. */
  readonly id: string;
  /** The folder of a model to learn the doubts of; left out, one is learned from the file. */
  readonly model?: string | undefined;
  /** Inferred from the columns when left out, and the model's where there is one. */
  readonly settings?: LinkageSettings | undefined;
  /** What was asked before: none of it is asked again. */
  readonly asked: LabelSheet;
  /** How many pairs to ask about, at most. */
  readonly pairs: number;
}

/** Two records, side by side. */
export interface PairToLabel {
  readonly a: string;
  readonly b: string;
  readonly fields: readonly {
    readonly column: string;
    readonly a: string | null;
    readonly b: string | null;
  }[];
}

/**
 * The pairs of a file of which a label teaches most, what teaches most first.
 *
 * @throws HubError those of `withRecordBatch`, `readModel` and `settingsOfFiles`; `RECORDS_MISSING`
 */
export async function pairsToLabel(question: LabellingQuestion): Promise<PairToLabel[]> {
  return withRecordBatch(question.input, question.id, async (batch) => {
    if (batch.ids.length < 2) throw tooFewRecords([question.input], batch.ids.length);
    const { pairs, vectors, model, seed } = await weighedPairs(question, batch);
    const asked = new Set(question.asked.rows.map(({ record_a, record_b }) => nameOf(record_a!, record_b!)));
    const isAsked = (a: number, b: number) => asked.has(nameOf(batch.ids[a]!, batch.ids[b]!));
    const weights = vectorWeights(vectors, model);
    const chosen = chooseQuestions({ pairs, vectors, weights, isAsked }, question.pairs, seed);
    const named = chosen.map((pair) => [pairs.a, pairs.b].map((side) => batch.ids[side[pair] as number] as string));
    const columns = model.fields.map(({ column }) => column);
    const values = await valuesOf(batch, question.id, columns, named.flat());
    return named.map(([a, b]) => {
      const [ofA, ofB] = [values.get(a!)!, values.get(b!)!];
      return { a: a!, b: b!, fields: columns.map((column, at) => ({ column, a: ofA[at]!, b: ofB[at]! })) };
    });
  });
}

interface WeighedPairs {
  readonly pairs: CandidatePairs;
  readonly vectors: ComparisonVectors;
  readonly model: MatchModel;
  readonly seed: number;
}

async function weighedPairs(
  question: LabellingQuestion,
  { connection, file, ids }: RecordBatch,
): Promise<WeighedPairs> {
  const relation = { from: BATCH, records: ids.length, ofFirstFile: ids.length };
  if (question.model !== undefined) {
    const linkage = await readModel(join(question.model, 'model.json'));
    refuseUnknown(file, linkage.settings);
    const compared = await readRecords(connection, relation, linkage.settings);
    markKnownRarity(compared.table, linkage.rarities, 0, ids.length);
    const found = await withCrew((crew) => crew.run(comparedPairs(compared, linkage)));
    return { ...found, model: linkage.model, seed: linkage.settings.seed };
  }
  const settings = await settingsOfFiles(connection, [file], [question.id], question.settings);
  const compared = await readRecords(connection, relation, settings);
  const learned = await withCrew((crew) => crew.run(learn(compared, settings, () => undefined)));
  return { ...learned, seed: settings.seed };
}

/** One name for two records, whichever comes first. */
function nameOf(a: string, b: string): string {
  return JSON.stringify(a < b ? [a, b] : [b, a]);
}
