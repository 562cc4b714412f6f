import { macroAuc } from '../../../core/propensity/macro-auc';
import { areaUnderRoc } from '../../../core/propensity/measures';
import { randomNumbers } from '../../../core/statistics/random-numbers';

const ROWS = 300;
const random = randomNumbers(3);
const labels = Array.from({ length: ROWS }, () => Math.floor(random() * 3));
/** A little higher for the class that a row is of, and often equal. */
const probabilities = labels.flatMap((label) =>
  [0, 1, 2].map((own) => Math.round(10 * (random() + (own === label ? 0.4 : 0))) / 10),
);

it('is the mean of the areas of each class against the rest, equal scores being half', () => {
  const areas = [0, 1, 2].map(
    (own) =>
      areaUnderRoc(
        labels.map((label) => (label === own ? 1 : 0)),
        labels.map((_, row) => probabilities[3 * row + own]!),
      ).auc,
  );
  expect(macroAuc(labels, probabilities, 3).auc).toBeCloseTo((areas[0]! + areas[1]! + areas[2]!) / 3, 12);
});

it('is of those classes that are there, and nothing where there is one', () => {
  const told = macroAuc([0, 1, 0], [0.9, 0.1, 0, 0.2, 0.8, 0, 0.7, 0.3, 0], 3);
  expect(told).toEqual({ auc: 1, interval: [1, 1] });
  expect(macroAuc([0, 0], [0.9, 0.1, 0.2, 0.8], 2)).toEqual({ auc: NaN, interval: [NaN, NaN] });
});

it('has the same interval for the same rows, around it', () => {
  const { auc, interval } = macroAuc(labels, probabilities, 3);
  expect(macroAuc(labels, probabilities, 3).interval).toEqual(interval);
  expect(interval[0]).toBeLessThan(auc);
  expect(interval[1]).toBeGreaterThan(auc);
});

it('of two classes is as uncertain as DeLong has it', () => {
  const hits = labels.map((label) => (label === 1 ? 1 : 0));
  const said = labels.map((_, row) => probabilities[3 * row + 1]!);
  const { interval } = areaUnderRoc(hits, said);
  const both = macroAuc(
    hits,
    said.flatMap((own) => [1 - own, own]),
    2,
  );
  both.interval.forEach((end, index) => expect(Math.abs(end - interval[index]!)).toBeLessThan(0.015));
});

it('is as uncertain as there are customers, however many rows each has', () => {
  const width = ([from, to]: readonly [number, number]) => to - from;
  const four = <T>(values: readonly T[]) => [...values, ...values, ...values, ...values];
  const customers = Int32Array.from(four(labels), (_, row) => 7 * (row % ROWS));
  const once = width(macroAuc(labels, probabilities, 3).interval);
  const together = width(macroAuc(four(labels), four(probabilities), 3, customers).interval);
  const apart = width(macroAuc(four(labels), four(probabilities), 3).interval);
  expect(together).toBeCloseTo(once, 12);
  expect(apart / once).toBeLessThan(0.7);
});
