import type { PropensitySpec } from '../../schemas/propensity';
import type { TrainingSpec } from '../../schemas/training';
import { HubError } from '../errors';
import { didYouMean } from '../text/closest-name';
import type { BinaryMeasures, MeanMeasures, Measures } from './evaluate';

type Kind = TrainingSpec['kind'];
type Metric = NonNullable<PropensitySpec['gate']['metric']>;

/** Whether a model may take the place of the deployed one, and why. */
export interface Judgement {
  readonly passes: boolean;
  readonly metric: Metric;
  readonly challenger: number;
  /** Of the deployed model on the same rows; absent where there is none. */
  readonly champion?: number;
  /** What was looked at, in words. */
  readonly reasons: readonly string[];
}

/** The measures of each kind; the first is what it is judged by where its file names none. */
const METRICS: Readonly<Record<Kind, readonly Metric[]>> = {
  binary: ['auc', 'pr-auc', 'log-loss'],
  classes: ['macro-auc', 'log-loss'],
  score: ['r2', 'rmse', 'mae'],
};

const FIELDS: Readonly<Record<Metric, keyof MeanMeasures>> = {
  auc: 'auc',
  'pr-auc': 'prAuc',
  'log-loss': 'logLoss',
  'macro-auc': 'macroAuc',
  rmse: 'rmse',
  mae: 'mae',
  r2: 'r2',
};

/** With fewer hits, or fewer misses, chance decides what a model is measured at: with one, an AUC is the place of a single row. */
const LEAST_OF_EACH = 10;

const ERRORS: readonly Metric[] = ['log-loss', 'rmse', 'mae'];

/**
 * The measure that models of a kind are judged by.
 *
 * @throws HubError INPUT_INVALID naming `gate.metric`, for a measure that the kind does not have
 */
export function metricOf({ gate }: Pick<PropensitySpec, 'gate'>, kind: Kind): Metric {
  const metrics = METRICS[kind];
  const metric = gate.metric ?? metrics[0]!;
  if (metrics.includes(metric)) return metric;
  const message = `gate.metric: "${metric}" is no measure of such a target${didYouMean(metric, metrics)}; there are ${metrics.join(', ')}`;
  throw new HubError('INPUT_INVALID', message, { field: 'gate.metric' });
}

/**
 * Holds a model against its gate, and against the deployed model on the same rows. What cannot be measured does not pass.
 *
 * @throws HubError those of `metricOf`
 */
export function judge(
  spec: Pick<PropensitySpec, 'gate'>,
  kind: Kind,
  challenger: Measures,
  champion?: Measures,
): Judgement {
  const { least, better, ece: mostEce } = spec.gate;
  const metric = metricOf(spec, kind);
  const isError = ERRORS.includes(metric);
  const own = valueOf(challenger, metric);
  const checks: { readonly holds: boolean; readonly says: string }[] = [];
  const check = (holds: boolean, says: string) => checks.push({ holds, says });
  if (least !== undefined) {
    check(isError ? own <= least : own >= least, `${metric} ${round(own)}, wanted ${bound(isError)} ${least}`);
  }
  if (kind === 'binary') {
    const { rows, hits } = challenger as BinaryMeasures;
    const fewest = Math.min(hits, rows - hits);
    if (fewest < LEAST_OF_EACH) {
      check(
        false,
        `it happened to ${hits} of ${rows} that were tested, wanted at least ${LEAST_OF_EACH} with, and without`,
      );
    }
  }
  const { ece } = challenger as MeanMeasures;
  if (ece !== undefined) check(ece <= mostEce, `calibration error ${round(ece)}, wanted at most ${mostEce}`);
  const others = champion === undefined ? undefined : valueOf(champion, metric);
  if (others !== undefined) {
    const gain = isError ? others - own : own - others;
    check(gain >= better, `better than the deployed model by ${round(gain)}, wanted at least ${better}`);
  }
  return {
    passes: Number.isFinite(own) && checks.every(({ holds }) => holds),
    metric,
    challenger: own,
    ...(others === undefined ? {} : { champion: others }),
    reasons: checks.map(({ holds, says }) => (holds ? says : `${says}: refused`)),
  };
}

function valueOf(measures: Measures, metric: Metric): number {
  return (measures as MeanMeasures)[FIELDS[metric]] ?? Number.NaN;
}

function bound(isError: boolean): string {
  return isError ? 'at most' : 'at least';
}

function round(value: number): string {
  return value.toFixed(4);
}
