import type { OpenedTrees } from '../../ports/tree-booster';
import type { TrainingSpec } from '../../schemas/training';
import { calibrated, type Calibration } from './calibration';
import { encode, type Encoding } from './encoding';
import type { FeatureTable } from './feature-table';

/** What of a model says what its trees mean. */
export interface AnsweringModel {
  readonly kind: TrainingSpec['kind'];
  readonly encoding: Pick<Encoding, 'columns'>;
  readonly calibration?: Calibration;
}

/** What a model says of the rows of a table: a probability each; one for each class, row by row; or a score each. */
export async function predict(
  trees: OpenedTrees,
  model: AnsweringModel,
  table: FeatureTable,
  signal?: AbortSignal,
): Promise<Float32Array> {
  return answersOf(model, await trees.margins(encode(table, model.encoding), signal), table.rows);
}

/** What margins mean; those of a binary target as they are where nothing else was learned of them. */
export function answersOf(
  { kind, calibration = { slope: 1, intercept: 0 } }: Pick<AnsweringModel, 'kind' | 'calibration'>,
  margins: Float32Array,
  rows: number,
): Float32Array {
  if (kind === 'binary') return calibrated(calibration, margins);
  return kind === 'score' ? margins : softmax(margins, margins.length / rows);
}

/** The likeliest class of a row, by its number, of probabilities that `predict` tells row by row. */
export function likeliestOf(predicted: Float32Array, row: number, classes: number) {
  const own = predicted.subarray(row * classes, (row + 1) * classes);
  const probability = Math.max(...own);
  return { class: own.indexOf(probability), probability };
}

/**
 * What each row is told, of what `predict` says: the probability or the number; of classes, the likeliest and its probability.
 *
 * @param classes their names, where there are such
 */
export function toldOf(
  predicted: Float32Array,
  rows: number,
  classes: readonly string[] | undefined,
): { readonly scores: Float64Array; readonly classes?: readonly string[] } {
  if (classes === undefined) return { scores: Float64Array.from(predicted) };
  const likeliest = Array.from({ length: rows }, (_, row) => likeliestOf(predicted, row, classes.length));
  return {
    scores: Float64Array.from(likeliest, ({ probability }) => probability),
    classes: likeliest.map((own) => classes[own.class]!),
  };
}

/** The score that each row is told: the probability, that of the likeliest class, or the number. */
export function saidOf(predicted: Float32Array, rows: number): Float32Array {
  const outputs = predicted.length / Math.max(1, rows);
  if (outputs <= 1) return predicted;
  return Float32Array.from({ length: rows }, (_, row) => likeliestOf(predicted, row, outputs).probability);
}

function softmax(margins: Float32Array, classes: number): Float32Array {
  const probabilities = new Float32Array(margins.length);
  for (let from = 0; from < margins.length; from += classes) {
    const own = margins.subarray(from, from + classes);
    const most = Math.max(...own);
    const odds = own.map((margin) => Math.exp(margin - most));
    const sum = odds.reduce((total, one) => total + one, 0);
    odds.forEach((one, index) => (probabilities[from + index] = one / sum));
  }
  return probabilities;
}
