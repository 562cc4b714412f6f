import { segmentMeasures } from '../../../core/propensity/segments';

const ROWS = 200;
const rows = Array.from({ length: ROWS }, (_, row) => row);
/** Even rows live in Berlin, odd ones in Bremen, but for a few of whom nobody knows. */
const codes = Int32Array.from(rows, (row) => (row < 10 ? -1 : row % 2));
const labels = Float32Array.from(rows, (row) => (row % 4 === 0 ? 1 : 0));
const table = {
  rows: ROWS,
  labels,
  features: [
    { name: 'city', kind: 'category' as const, codes, categories: ['Berlin', 'Bremen'] },
    { name: 'calls', kind: 'number' as const, values: new Float32Array(ROWS) },
  ],
};
const predicted = Float32Array.from(rows, (row) => (row % 2 === 0 ? 0.5 : 0.2));

it('tells of every value how often it happened, and how often that was predicted', () => {
  expect(segmentMeasures(table, predicted, { kind: 'binary' })).toMatchObject([
    { feature: 'city', value: 'Berlin', rows: 95, observed: 47 / 95, predicted: 0.5 },
    { feature: 'city', value: 'Bremen', rows: 95, observed: 0, predicted: expect.closeTo(0.2, 6) },
  ]);
});

it('says nothing of few rows, nor of classes', () => {
  const few = { ...table, features: [{ ...table.features[0]!, codes: codes.map((_, row) => (row < 49 ? 0 : -1)) }] };
  expect(segmentMeasures(few as typeof table, predicted, { kind: 'binary' })).toEqual([]);
  expect(segmentMeasures(table, predicted, { kind: 'classes', classes: ['a', 'b'] })).toEqual([]);
});
