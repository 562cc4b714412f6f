import fc from 'fast-check';
import { calibrated, fitCalibration } from '../../../core/propensity/calibration';
import {
  areaByRanks,
  areaUnderRoc,
  averagePrecision,
  calibrationCurve,
  calibrationError,
  errorsOf,
  lift,
  logLoss,
  midranks,
  sigmoid,
} from '../../../core/propensity/measures';
import { randomNumbers } from '../../../core/statistics/random-numbers';

/** Rows with both classes, and scores among which some are equal. */
const scored = fc
  .array(fc.record({ label: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: 0, max: 9 }) }), {
    minLength: 4,
    maxLength: 60,
  })
  .filter((rows) => [0, 1].every((label) => rows.filter((row) => row.label === label).length >= 2))
  .map((rows) => ({ labels: rows.map(({ label }) => label), scores: rows.map(({ score }) => score / 9) }));

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the area under the ROC curve', () => {
  /** How often each row of a class is on the right side of those of the other. */
  function placements(labels: readonly number[], scores: readonly number[], own: number): number[] {
    const sideOf = (hit: number, miss: number) => (hit > miss ? 1 : hit === miss ? 0.5 : 0);
    return scores
      .filter((_, row) => labels[row] === own)
      .map((score) =>
        mean(
          scores
            .filter((_, row) => labels[row] !== own)
            .map((other) => (own === 1 ? sideOf(score, other) : sideOf(other, score))),
        ),
      );
  }

  it('is the share of pairs that are in order, as counted one by one', () => {
    fc.assert(
      fc.property(scored, ({ labels, scores }) => {
        const counted = mean(placements(labels, scores, 1));
        expect(areaUnderRoc(labels, scores).auc).toBeCloseTo(counted, 9);
        expect(areaByRanks(labels, midranks(scores))).toBeCloseTo(counted, 9);
      }),
    );
  });

  it('has the interval that DeLong’s own formula gives, on the logit scale', () => {
    fc.assert(
      fc.property(scored, ({ labels, scores }) => {
        const { auc, interval } = areaUnderRoc(labels, scores);
        fc.pre(auc > 0 && auc < 1);
        const varianceOf = (values: readonly number[]) =>
          values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1) / values.length;
        const error = Math.sqrt(varianceOf(placements(labels, scores, 1)) + varianceOf(placements(labels, scores, 0)));
        const spread = (1.959963984540054 * error) / (auc * (1 - auc));
        const logit = Math.log(auc / (1 - auc));
        expect(interval[0]).toBeCloseTo(sigmoid(logit - spread), 9);
        expect(interval[1]).toBeCloseTo(sigmoid(logit + spread), 9);
      }),
    );
  });

  it('holds what is true in nineteen of twenty samples', () => {
    const random = randomNumbers(5);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    // Two normal distributions one deviation apart.
    const truth = 0.7602;
    let within = 0;
    for (let sample = 0; sample < 400; sample++) {
      const labels = Array.from({ length: 120 }, (_, row) => (row < 40 ? 1 : 0));
      const { interval } = areaUnderRoc(
        labels,
        labels.map((label) => label + normal()),
      );
      if (interval[0] <= truth && truth <= interval[1]) within++;
    }
    expect(within / 400).toBeGreaterThan(0.92);
    expect(within / 400).toBeLessThan(0.98);
  });

  it('is nothing where there is one class', () => {
    expect(areaUnderRoc([1, 1], [0.2, 0.4]).auc).toBeNaN();
    expect(areaUnderRoc([0, 0], [0.2, 0.4]).auc).toBeNaN();
  });
});

describe('what is found first', () => {
  it('average precision takes rows of equal scores together', () => {
    expect(averagePrecision([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1])).toBeCloseTo((1 + 2 / 3) / 2, 9);
    expect(averagePrecision([1, 0, 1, 0], [0.5, 0.5, 0.5, 0.5])).toBeCloseTo(0.5, 9);
  });

  it('lift is how many times as frequent hits are among the highest, whatever the order of equal scores', () => {
    const labels = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(
      lift(
        labels,
        labels.map((label, row) => label - row / 100),
        0.1,
      ),
    ).toBeCloseTo(5, 9);
    expect(
      lift(
        labels,
        labels.map(() => 0.3),
        0.1,
      ),
    ).toBeCloseTo(1, 9);
    expect(
      lift(
        labels.toReversed(),
        labels.map(() => 0.3),
        0.1,
      ),
    ).toBeCloseTo(1, 9);
  });
});

describe('probabilities', () => {
  it('cost their logarithm, and never infinitely much', () => {
    expect(logLoss([1, 0], [0.5, 0.5])).toBeCloseTo(Math.LN2, 9);
    expect(Number.isFinite(logLoss([1], [0]))).toBe(true);
  });

  it('are as far from what was as their bins are on average', () => {
    expect(calibrationError([1, 0, 1, 0], [0.5, 0.5, 0.5, 0.5])).toBeCloseTo(0, 9);
    expect(calibrationError([1, 1, 0, 0], [0.75, 0.75, 0.05, 0.05])).toBeCloseTo(0.15, 6);
  });

  it('are shown in ten parts of as many rows, which are all of them', () => {
    fc.assert(
      fc.property(scored, ({ labels, scores }) => {
        const bins = calibrationCurve(labels, scores);
        expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(labels.length);
        expect(bins.reduce((sum, { rows, was }) => sum + rows * was, 0)).toBeCloseTo(mean(labels) * labels.length, 9);
      }),
    );
  });
});

it('errors of scores: root mean square, mean, and the share of variance that is explained', () => {
  expect(errorsOf([1, 2, 3], [1, 2, 3])).toEqual({ rmse: 0, mae: 0, r2: 1 });
  expect(errorsOf([1, 2, 3], [2, 2, 2])).toEqual({ rmse: Math.sqrt(2 / 3), mae: 2 / 3, r2: 0 });
});

describe('calibration', () => {
  const random = randomNumbers(3);
  const margins = Array.from({ length: 20_000 }, () => 6 * random() - 3);

  it('finds by how much margins overstate, and where they begin', () => {
    const labels = margins.map((margin) => (random() < sigmoid(0.5 * margin - 1) ? 1 : 0));
    const { slope, intercept } = fitCalibration(labels, margins);
    expect(slope).toBeCloseTo(0.5, 1);
    expect(intercept).toBeCloseTo(-1, 1);
    expect(calibrationError(labels, calibrated({ slope, intercept }, margins))).toBeLessThan(0.015);
  });

  it('has an end where margins tell all apart', () => {
    const { slope } = fitCalibration([0, 0, 1, 1], [-2, -1, 1, 2]);
    expect(Number.isFinite(slope)).toBe(true);
  });
});
