import fc from 'fast-check';
import { foldsOf } from '../../../core/propensity/folds';

const rows = fc.array(fc.record({ label: fc.integer({ min: 0, max: 2 }), group: fc.nat(12) }), {
  minLength: 2,
  maxLength: 80,
});

it('every row is tested once, and learned from in all other folds', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 2, max: 5 }), fc.nat(), (all, folds, seed) => {
      const labels = Float32Array.from(all, ({ label }) => label);
      const made = foldsOf({ labels }, folds, seed);
      expect(made.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(all.map((_, row) => row));
      for (const { train, test } of made) {
        expect([...train, ...test].sort((a, b) => a - b)).toEqual(all.map((_, row) => row));
      }
    }),
  );
});

it('each fold has its share of every label', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 2, max: 5 }), fc.nat(), (all, folds, seed) => {
      const labels = Float32Array.from(all, ({ label }) => label);
      const inFolds = foldsOf({ labels }, folds, seed);
      for (const label of [0, 1, 2]) {
        const counts = inFolds.map(({ test }) => test.filter((row) => labels[row] === label).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

it('no group is both learned from and tested with', () => {
  fc.assert(
    fc.property(rows, fc.nat(), (all, seed) => {
      const [labels, groups] = [
        Float32Array.from(all, ({ label }) => label),
        Int32Array.from(all, ({ group }) => group),
      ];
      for (const { train, test } of foldsOf({ labels, groups }, 3, seed)) {
        const learned = new Set(Array.from(train, (row) => groups[row]));
        expect([...test].filter((row) => learned.has(groups[row]))).toEqual([]);
      }
    }),
  );
});

it('scores are parted by their tenths', () => {
  const labels = Float32Array.from({ length: 100 }, (_, row) => row * 1.5);
  for (const { test } of foldsOf({ labels }, 2, 1)) {
    const tenths = Array.from(test, (row) => Math.floor(row / 10));
    for (let tenth = 0; tenth < 10; tenth++) expect(tenths.filter((own) => own === tenth)).toHaveLength(5);
  }
});

it('another seed parts otherwise, the same one alike', () => {
  const labels = new Float32Array(50);
  expect(foldsOf({ labels }, 2, 1)).toEqual(foldsOf({ labels }, 2, 1));
  expect(foldsOf({ labels }, 2, 1)).not.toEqual(foldsOf({ labels }, 2, 2));
});
