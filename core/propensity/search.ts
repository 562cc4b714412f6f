import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { BoosterParameters, LabelledMatrix, LearningCurve, TreeBooster } from '../../ports/tree-booster';
import type { TrainingSpec } from '../../schemas/training';
import { matrixRows } from './encoding';
import { foldsOf, type Fold } from './folds';

/** Shapes of trees that are tried, from the simplest. */
const SHAPES: readonly BoosterParameters[] = [
  { max_depth: 1, min_child_weight: 1 },
  { max_depth: 2, min_child_weight: 1 },
  { max_depth: 3, min_child_weight: 5 },
  { max_depth: 4, min_child_weight: 10 },
  { max_depth: 6, min_child_weight: 20 },
];
const PATIENCE = 30;
const MANY_ROWS = 50_000;
/** With fewer of the rarest class among the rows, chance decides in one fold which shape is best. */
const ONE_FOLD_HITS = 5_000;
const FOLDS = 3;
const FOLDS_OF_MANY = 5;

/** What a search found. */
export interface Found {
  readonly parameters: BoosterParameters;
  readonly rounds: number;
  /** By fold, the loss of rows that were not learned from. */
  readonly losses: readonly number[];
  /** Rows that were not learned from, and what the model says of them. */
  readonly unseen: { readonly labels: Float32Array; readonly margins: Float32Array };
}

/** The loss that is learned by, and looked at while learning. */
export function objectiveOf({ kind, classes }: Pick<TrainingSpec, 'kind' | 'classes'>): BoosterParameters {
  if (kind === 'binary') return { objective: 'binary:logistic', eval_metric: 'logloss' };
  if (kind === 'score') return { objective: 'reg:squarederror', eval_metric: 'rmse' };
  return { objective: 'multi:softprob', eval_metric: 'mlogloss', num_class: classes!.length };
}

/** A learning rate for so many rows: where there are many, a coarser one loses nothing and takes half as long. */
function rateOf(rows: number): number {
  return rows < MANY_ROWS ? 0.05 : 0.1;
}

/**
 * Finds shape and number of trees by cross-validation within the rows that are learned from: those that are tested are never
 * asked. Of shapes that the folds cannot tell from the best, the simplest is taken (the rule of one standard error: Breiman and
 * others 1984).
 */
export async function search(
  data: LabelledMatrix,
  groups: Int32Array | undefined,
  spec: TrainingSpec,
  booster: TreeBooster,
  signal?: AbortSignal,
): Promise<Found> {
  const folds = searchFolds(data, groups, spec);
  const found: Found[] = [];
  for (const shape of SHAPES) {
    const parameters = {
      ...objectiveOf(spec),
      ...shape,
      eta: rateOf(data.rows),
      subsample: 0.8,
      colsample_bytree: 0.8,
      tree_method: 'hist',
      nthread: spec.threads,
      seed: spec.seed,
    };
    found.push(await tried(data, folds, parameters, spec.mostRounds, booster, signal));
  }
  return simplestOfTheBest(found);
}

/** @param found from the simplest on */
function simplestOfTheBest(found: readonly Found[]): Found {
  const best = found.reduce((least, one) => (mean(one.losses) < mean(least.losses) ? one : least));
  return found.find(({ losses }) => {
    const more = losses.map((loss, fold) => loss - best.losses[fold]!);
    const error = more.length < 2 ? 0 : sampleStandardDeviation(more) / Math.sqrt(more.length);
    return mean(more) <= error;
  })!;
}

function searchFolds(data: LabelledMatrix, groups: Int32Array | undefined, { kind, seed }: TrainingSpec): Fold[] {
  const isMany = data.rows >= MANY_ROWS && (kind === 'score' || rarest(data.labels) >= ONE_FOLD_HITS);
  const rows = { labels: data.labels, ...(groups && { groups }) };
  return isMany ? foldsOf(rows, FOLDS_OF_MANY, seed).slice(0, 1) : foldsOf(rows, FOLDS, seed);
}

/** Rows of the class that has the fewest. */
export function rarest(labels: Float32Array): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.min(...counts.values());
}

async function tried(
  data: LabelledMatrix,
  folds: readonly Fold[],
  parameters: BoosterParameters,
  mostRounds: number,
  booster: TreeBooster,
  signal?: AbortSignal,
): Promise<Found> {
  const curves: LearningCurve[] = [];
  for (const { train, test } of folds) {
    const parts = { train: matrixRows(data, train), test: matrixRows(data, test) };
    curves.push(await booster.curve(parts, parameters, { mostRounds, patience: PATIENCE }, signal));
  }
  return {
    parameters,
    rounds: Math.max(1, Math.round(mean(curves.map(({ bestRounds }) => bestRounds)))),
    losses: curves.map(({ losses, bestRounds }) => losses[bestRounds - 1]!),
    unseen: {
      labels: together(folds.map(({ test }) => Float32Array.from(test, (row) => data.labels[row]!))),
      margins: together(curves.map(({ margins }) => margins)),
    },
  };
}

function together(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
