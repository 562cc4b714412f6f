import { standardDeviation } from 'simple-statistics';
import type { TrainingSpec } from '../../schemas/training';

/** What a model had said of customers whose horizon has passed, and what became of them. */
export interface CalibrationDrift {
  readonly rows: number;
  /** What is predicted: of a probability 'it'; of classes, the one that is farthest off. */
  readonly of: string;
  /** Means over the rows. */
  readonly expected: number;
  readonly observed: number;
  /** Standard errors between the two. */
  readonly z: number;
  /** Of numbers, the standard deviation of what was. */
  readonly spread?: number;
}

/** So many standard errors are beyond chance: one of 16,000 times. */
const Z_BEYOND_CHANCE = 4;

/**
 * Calibration in the large: whether as much happened as was expected (Cox 1958; Steyerberg 2019, chapter 15). Of a probability
 * its variance is p (1 - p); of a number, that of the errors.
 *
 * @param predicted as `predict` tells: of classes, row by row
 */
export function calibrationDrift(
  { kind, classes = [] }: Pick<TrainingSpec, 'kind' | 'classes'>,
  labels: Float32Array,
  predicted: Float32Array,
): CalibrationDrift {
  if (kind === 'score') return ofNumbers(labels, predicted);
  if (kind === 'binary') return ofProbabilities('it', labels, predicted);
  const drifts = classes.map((name, own) => {
    const isOwn = labels.map((label) => (label === own ? 1 : 0));
    const said = labels.map((_, row) => predicted[row * classes.length + own]!);
    return ofProbabilities(name, isOwn, said);
  });
  return drifts.reduce((worst, drift) => (Math.abs(drift.z) > Math.abs(worst.z) ? drift : worst));
}

/**
 * Whether a model no longer fits, beyond chance: so much more or less happens than it says.
 *
 * @param factor 1.5 for half as much again; of numbers, half of what is above 1 is how many of their standard deviations
 */
export function isOff({ expected, observed, z, spread }: CalibrationDrift, factor: number): boolean {
  if (Math.abs(z) <= Z_BEYOND_CHANCE) return false;
  if (spread !== undefined) return Math.abs(observed - expected) > ((factor - 1) / 2) * spread;
  const ratio = Math.max(observed, Number.EPSILON) / Math.max(expected, Number.EPSILON);
  return Math.max(ratio, 1 / ratio) > factor;
}

function ofProbabilities(of: string, labels: Float32Array, predicted: Float32Array): CalibrationDrift {
  const rows = labels.length;
  let [observed, expected, variance] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const probability = predicted[row]!;
    observed += labels[row]!;
    expected += probability;
    variance += probability * (1 - probability);
  }
  return drift(of, rows, { observed, expected, variance });
}

function ofNumbers(labels: Float32Array, predicted: Float32Array): CalibrationDrift {
  const rows = labels.length;
  let [observed, expected, squares] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    observed += labels[row]!;
    expected += predicted[row]!;
    squares += (labels[row]! - predicted[row]!) ** 2;
  }
  const spread = rows === 0 ? 0 : standardDeviation(Array.from(labels));
  return { ...drift('it', rows, { observed, expected, variance: squares }), spread };
}

function drift(
  of: string,
  rows: number,
  { observed, expected, variance }: { observed: number; expected: number; variance: number },
): CalibrationDrift {
  const z = variance === 0 ? 0 : (observed - expected) / Math.sqrt(variance);
  return { rows, of, expected: expected / rows, observed: observed / rows, z };
}
