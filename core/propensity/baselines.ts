import type { BoosterParameters, Matrix, TreeBooster } from '../../ports/tree-booster';
import type { TrainingSpec } from '../../schemas/training';
import { encode, encodeLabelled, type Encoding } from './encoding';
import type { LabelledTable } from './feature-table';
import { logit } from './measures';
import { answersOf } from './predict';
import { objectiveOf, rarest } from './search';

/** The penalty keeps columns that are each other's opposites apart. */
const LINEAR: BoosterParameters = {
  booster: 'gblinear',
  updater: 'coord_descent',
  feature_selector: 'cyclic',
  reg_lambda: 0.001,
};
/** Half steps do not swing where columns say much the same. */
const LONGEST_STEP = 0.5;
/** Steps of all lengths together that are the end of the way. */
const WAY = 15;
const MOST_ROUNDS = 60;

/**
 * How much of a Newton step is taken. Where hits are rare, one that begins at their share takes log odds that are even many times too
 * far, and half of it leaves for good: so as many times less is taken, twice.
 *
 * @param share of the rarest class, of 1
 */
export function linearStep(share: number): number {
  if (share >= 0.5) return LONGEST_STEP;
  const tooFar = (0.5 - share) / (share * (1 - share)) / -logit(share);
  return Math.min(LONGEST_STEP, 2 / tooFar);
}

/**
 * What a linear model that is learned from some rows says of others: logistic regression, multinomial, or ordinary. Columns
 * are standardised, and what is missing is the column's mean.
 */
export async function linearBaseline(
  { train, test }: { readonly train: LabelledTable; readonly test: LabelledTable },
  encoding: Encoding,
  spec: TrainingSpec,
  booster: TreeBooster,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const learned = encodeLabelled(train, encoding);
  const scaled = scaling(learned);
  const step = spec.kind === 'score' ? LONGEST_STEP : linearStep(rarest(learned.labels) / learned.rows);
  const parameters = { ...objectiveOf(spec), ...LINEAR, eta: step, nthread: spec.threads, seed: spec.seed };
  const rounds = Math.min(MOST_ROUNDS, Math.ceil(WAY / step));
  const model = await booster.train({ ...learned, ...scaled(learned) }, parameters, rounds, signal);
  const opened = await booster.open(model);
  try {
    return answersOf(spec, await opened.margins(scaled(encode(test, encoding)), signal), test.rows);
  } finally {
    await opened.close();
  }
}

/** Of all rows the same: what is so of all that were learned from. */
export function prevalenceBaseline(train: LabelledTable, rows: number, { kind, classes }: TrainingSpec): Float32Array {
  const share = (isOwn: (label: number) => number) =>
    train.labels.reduce((sum, label) => sum + isOwn(label), 0) / train.rows;
  const shares =
    kind === 'classes'
      ? classes!.map((_, own) => share((label) => (label === own ? 1 : 0)))
      : [share((label) => label)];
  return Float32Array.from({ length: rows * shares.length }, (_, index) => shares[index % shares.length]!);
}

/** Brings columns to mean 0 and deviation 1, as they are in one matrix. */
function scaling({ rows, columns, values }: Matrix): (matrix: Matrix) => Matrix {
  const [means, deviations] = [new Float64Array(columns), new Float64Array(columns)];
  for (let column = 0; column < columns; column++) {
    let [known, sum, squares] = [0, 0, 0];
    for (let row = 0; row < rows; row++) {
      const value = values[row * columns + column]!;
      if (Number.isNaN(value)) continue;
      known++;
      sum += value;
      squares += value * value;
    }
    means[column] = known === 0 ? 0 : sum / known;
    deviations[column] = Math.sqrt(Math.max(0, squares / Math.max(1, known) - means[column]! ** 2)) || 1;
  }
  const scale = (value: number, index: number) => {
    const column = index % columns;
    return Number.isNaN(value) ? 0 : (value - means[column]!) / deviations[column]!;
  };
  return (matrix) => ({ ...matrix, values: matrix.values.map(scale) });
}
