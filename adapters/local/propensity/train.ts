import { HubError } from '../../../core/errors';
import type { LabelledTable } from '../../../core/propensity/feature-table';
import { train as trainBy, type TrainedModel, type TrainingTools } from '../../../core/propensity/train';
import { problemText, problemsOf } from '../../../schemas/issues';
import { trainingSpec, type TrainingInput } from '../../../schemas/training';
import type { OnStep } from '../engines/engine-cache';
import { Xgboost } from './xgboost';

export interface TrainOptions extends Omit<TrainingTools, 'booster'> {
  /** Told when XGBoost is fetched, the first time. */
  readonly onStep?: OnStep | undefined;
}

/**
 * Learns a model from a table of features with XGBoost, in this process, and says how good it is.
 *
 * @param table one row for each that is learned from
 * @param spec needs `target` only
 * @throws HubError SPEC_INVALID naming the field; ENGINE_MISSING; those of `core/propensity/train`
 */
export async function train(
  table: LabelledTable,
  spec: TrainingInput,
  { onStep, ...tools }: TrainOptions = {},
): Promise<TrainedModel> {
  const checked = trainingSpec.safeParse(spec, { reportInput: true });
  if (!checked.success) {
    const problems = problemsOf(checked.error);
    throw new HubError('SPEC_INVALID', problems.map(problemText).join('; '), { field: problems[0]!.field });
  }
  const booster = await Xgboost.start(onStep);
  try {
    return await trainBy(table, checked.data, { ...tools, booster });
  } finally {
    await booster.close();
  }
}
