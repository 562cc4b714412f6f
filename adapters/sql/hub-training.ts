import { HubError } from '../../core/errors';
import { classNames, kindOf } from '../../core/features/targets';
import type { PropensitySpec } from '../../schemas/propensity';
import { trainingSpec, type TrainingSpec } from '../../schemas/training';

/** How a model of a hub is learned. */
export function trainingOf({ name, target, training }: PropensitySpec, threads: number): TrainingSpec {
  const kind = kindOf(target);
  const classes = kind === 'classes' ? { classes: [...classNames(target)] } : {};
  return trainingSpec.parse({ kind, target: name, ...classes, seed: training.seed, threads });
}

/** @throws HubError TOO_FEW_ROWS where there is nobody to test with */
export function refuseUntested(tested: number, model: string): void {
  if (tested > 0) return;
  const message = `${model}: there is no customer to test with at the later cut-offs; the lake must reach further back than the horizon, and cutOffs.train and cutOffs.test times cutOffs.every before it`;
  throw new HubError('TOO_FEW_ROWS', message);
}
