import fc from 'fast-check';
import { driftOf, featureDrifts, referenceOf } from '../../../core/propensity/drift';
import type { FeatureTable } from '../../../core/propensity/feature-table';
import { randomNumbers } from '../../../core/statistics/random-numbers';

/** Numbers that are about normal, the same for the same seed. */
function normals(rows: number, seed: number, mean = 0): Float64Array {
  const next = randomNumbers(seed);
  return Float64Array.from({ length: rows }, () => mean + Array.from({ length: 12 }, next).reduce((a, b) => a + b) - 6);
}

const table = (values: Float64Array, codes = new Int32Array(values.length)): FeatureTable => ({
  rows: values.length,
  features: [
    { name: 'usage', kind: 'number', values },
    { name: 'plan', kind: 'category', codes, categories: ['flat', 'prepaid'] },
  ],
});
const before = referenceOf(table(normals(20_000, 1)), normals(20_000, 2), 0);

it('the same kind of customers have not drifted, a shift of one standard deviation is a large one', () => {
  const [same] = [driftOf(before.score, normals(20_000, 3), before.rows)];
  expect(same.psi).toBeLessThan(0.005);
  expect(same.isBeyondChance).toBe(false);
  const shifted = driftOf(before.score, normals(20_000, 3, 1), before.rows);
  // Of two normal distributions, the symmetric divergence is the square of the shift; bins lose a little of it.
  expect(shifted.psi).toBeGreaterThan(0.8);
  expect(shifted.psi).toBeLessThan(1);
  expect(shifted.isBeyondChance).toBe(true);
});

it('what a few customers differ by may be chance', () => {
  const few = driftOf(before.score, normals(30, 4), before.rows);
  expect(few.psi).toBeGreaterThan(0.05);
  expect(few.isBeyondChance).toBe(false);
});

it('what is missing now, or has categories that were not there, has drifted; the farthest is told first', () => {
  const values = normals(1_000, 5).map((value, row) => (row % 2 === 0 ? Number.NaN : value));
  const now: FeatureTable = {
    rows: 1_000,
    features: [
      { name: 'plan', kind: 'category', codes: new Int32Array(1_000).fill(2), categories: ['flat', 'prepaid', 'new'] },
      { name: 'usage', kind: 'number', values },
      { name: 'new feature', kind: 'number', values },
    ],
  };
  const drifts = featureDrifts(before, now);
  expect(drifts.map(({ feature, isBeyondChance }) => [feature, isBeyondChance])).toEqual([
    ['plan', true],
    ['usage', true],
  ]);
});

it('values fall into the same bins whatever order they come in, none is lost, and no index is negative', () => {
  const value = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constantFrom(Number.NaN, Infinity, 0, 1));
  const values = fc.array(value, { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, values, (then, now) => {
      const { score, rows } = referenceOf(table(Float64Array.from(then)), then, 0);
      expect(score.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(driftOf(score, then, rows).psi).toBeCloseTo(0, 9);
      const { psi } = driftOf(score, now, rows);
      expect(psi).toBeGreaterThanOrEqual(0);
      expect(driftOf(score, [...now].reverse(), rows).psi).toBeCloseTo(psi, 9);
    }),
  );
});
