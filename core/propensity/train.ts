import type { TrainingSpec } from '../../schemas/training';
import { checkTable } from './check-table';
import { meansOf, type MeanMeasures, type Measures } from './evaluate';
import { rowsOf, type LabelledTable } from './feature-table';
import { fitModel, type FittedModel } from './fit-model';
import { foldsOf } from './folds';
import { fitAndTest, type LearningTools, type TestedModel } from './held-out';

export interface TrainingTools extends LearningTools {
  /** Trainings that are done, of how many there are. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How good a training is: the means over folds, what each fold says, and what is so of simpler models on the same rows. */
export interface CrossValidation extends MeanMeasures {
  readonly folds: readonly Measures[];
  readonly baselines: Readonly<Record<'prevalence' | 'linear', MeanMeasures>>;
}

export interface TrainedModel extends FittedModel {
  readonly kind: TrainingSpec['kind'];
  /** Nothing where no fold was asked for. */
  readonly evaluation?: CrossValidation;
  readonly warnings: readonly string[];
}

/**
 * Learns a model from a table, and says how good that is by repeated stratified cross-validation (Kohavi 1995; 5 × 2 by
 * default: Dietterich 1998), in which everything is learned anew in each fold. No row is taken twice or left out to make
 * classes equal.
 *
 * @throws HubError those of `checkTable`; `CANCELLED`
 */
export async function train(table: LabelledTable, spec: TrainingSpec, tools: TrainingTools): Promise<TrainedModel> {
  const { booster, signal, onProgress } = tools;
  const warnings = await checkTable(table, spec);
  const { repeats, folds } = spec.evaluation;
  const evaluation = repeats === 0 ? {} : { evaluation: await crossValidate(table, spec, tools) };
  const model = await fitModel(table, spec, booster, signal);
  onProgress?.(repeats * folds + 1, repeats * folds + 1);
  return { ...model, kind: spec.kind, ...evaluation, warnings };
}

async function crossValidate(table: LabelledTable, spec: TrainingSpec, tools: TrainingTools): Promise<CrossValidation> {
  const { repeats, folds } = spec.evaluation;
  const all = Array.from({ length: repeats }, (_, repeat) => foldsOf(table, folds, spec.seed + repeat)).flat();
  const tested: TestedModel[] = [];
  for (const { train, test } of all) {
    tools.onProgress?.(tested.length, all.length + 1);
    tested.push(await fitAndTest({ train: rowsOf(table, train), test: rowsOf(table, test) }, spec, tools));
  }
  const baseline = (name: 'prevalence' | 'linear') => meansOf(tested.map(({ baselines }) => baselines[name]));
  const measured = tested.map(({ measures }) => measures);
  return {
    ...meansOf(measured),
    folds: measured,
    baselines: { prevalence: baseline('prevalence'), linear: baseline('linear') },
  };
}
