import { sigmoid } from './measures';

/** What a margin means: the log odds are `slope` × margin + `intercept`. */
export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

const MOST_STEPS = 50;
const STILL = 1e-10;
/** As if so little had been seen of a slope of 1 and an intercept of 0: margins that tell all apart have no best slope. */
const RIDGE = 1e-3;

/**
 * Fits log odds to margins of rows that the model has not seen (Platt 1999), by Newton's method. A model whose margins are
 * good log odds gets a slope near 1 and an intercept near 0; one that overstates gets a slope below 1.
 *
 * @param labels 0 or 1, one a margin
 */
export function fitCalibration(labels: ArrayLike<number>, margins: ArrayLike<number>): Calibration {
  let [slope, intercept] = [1, 0];
  for (let step = 0; step < MOST_STEPS; step++) {
    let [bySlope, byIntercept] = [RIDGE * (slope - 1), RIDGE * intercept];
    let [slopes, both, intercepts] = [RIDGE, 0, RIDGE];
    for (let row = 0; row < labels.length; row++) {
      const margin = margins[row]!;
      const probability = sigmoid(slope * margin + intercept);
      const [error, weight] = [probability - labels[row]!, probability * (1 - probability)];
      bySlope += error * margin;
      byIntercept += error;
      slopes += weight * margin * margin;
      both += weight * margin;
      intercepts += weight;
    }
    const determinant = slopes * intercepts - both * both;
    const [change, shift] = [
      (intercepts * bySlope - both * byIntercept) / determinant,
      (slopes * byIntercept - both * bySlope) / determinant,
    ];
    slope -= change;
    intercept -= shift;
    if (Math.abs(change) + Math.abs(shift) < STILL) break;
  }
  return { slope, intercept };
}

export function calibrated({ slope, intercept }: Calibration, margins: ArrayLike<number>): Float32Array {
  return Float32Array.from(margins, (margin) => sigmoid(slope * margin + intercept));
}
