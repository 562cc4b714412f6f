import { mean } from 'simple-statistics';
import type { TrainingSpec } from '../../schemas/training';
import type { Interval } from '../statistics/proportions';
import {
  areaUnderRoc,
  averagePrecision,
  calibrationCurve,
  calibrationError,
  errorsOf,
  lift,
  logLoss,
  multiLogLoss,
  type CalibrationBin,
  type ErrorMeasures,
} from './measures';
import { macroAuc } from './macro-auc';

/** How good a model is on rows that it has not seen; which measures there are is a matter of its kind. */
export type Measures = BinaryMeasures | ClassMeasures | ScoreMeasures;

export interface BinaryMeasures {
  readonly rows: number;
  /** Of the rows, those where it happened. */
  readonly hits: number;
  readonly auc: number;
  /** 95 %. */
  readonly aucInterval: Interval;
  readonly prAuc: number;
  /** In nats a row. */
  readonly logLoss: number;
  /** Expected calibration error. */
  readonly ece: number;
  /** Among the highest twentieth and tenth. */
  readonly lift5: number;
  readonly lift10: number;
  readonly calibration: readonly CalibrationBin[];
}

export interface ClassMeasures {
  readonly rows: number;
  readonly macroAuc: number;
  /** 95 %. */
  readonly macroAucInterval: Interval;
  readonly logLoss: number;
}

export interface ScoreMeasures extends ErrorMeasures {
  readonly rows: number;
}

/**
 * Measures predictions by what was.
 *
 * @param groups the customer of every row; by default each row is of another
 */
export function measure(
  { kind, classes }: Pick<TrainingSpec, 'kind' | 'classes'>,
  labels: Float32Array,
  predicted: Float32Array,
  groups?: Int32Array,
): Measures {
  const rows = labels.length;
  if (kind === 'score') return { rows, ...errorsOf(labels, predicted) };
  if (kind === 'classes') {
    const count = classes!.length;
    const { auc, interval } = macroAuc(labels, predicted, count, groups);
    return { rows, macroAuc: auc, macroAucInterval: interval, logLoss: multiLogLoss(labels, predicted, count) };
  }
  const { auc, interval } = areaUnderRoc(labels, predicted);
  return {
    rows,
    hits: labels.reduce((sum, label) => sum + label, 0),
    auc,
    aucInterval: interval,
    prAuc: averagePrecision(labels, predicted),
    logLoss: logLoss(labels, predicted),
    ece: calibrationError(labels, predicted),
    lift5: lift(labels, predicted, 0.05),
    lift10: lift(labels, predicted, 0.1),
    calibration: calibrationCurve(labels, predicted),
  };
}

/** Those measures that are plain numbers. */
const numbers = ['rows', 'auc', 'prAuc', 'logLoss', 'ece', 'lift5', 'lift10', 'macroAuc', 'rmse', 'mae', 'r2'] as const;

export type MeanMeasures = Readonly<Partial<Record<(typeof numbers)[number], number>>>;

/** The means of several measures of one kind. */
export function meansOf(all: readonly Measures[]): MeanMeasures {
  const told: readonly MeanMeasures[] = all;
  const own = numbers.filter((name) => told[0]?.[name] !== undefined);
  return Object.fromEntries(own.map((name) => [name, mean(told.map((measures) => measures[name]!))]));
}
