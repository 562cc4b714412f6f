import type { FeatureTable } from '../../../core/propensity/feature-table';
import { encode, matrixRows, planEncoding } from '../../../core/propensity/encoding';
import { strongestReasons } from '../../../core/propensity/reasons';

const table: FeatureTable = {
  rows: 24,
  features: [
    {
      name: 'months',
      kind: 'number',
      values: Float32Array.from({ length: 24 }, (_, row) => (row === 3 ? Infinity : row)),
    },
    { name: 'nothing', kind: 'number', values: new Float32Array(24).fill(Number.NaN) },
    { name: 'always', kind: 'number', values: new Float32Array(24).fill(4) },
    {
      name: 'plan',
      kind: 'category',
      categories: ['basic', 'flat', 'rare'],
      codes: Int32Array.from({ length: 24 }, (_, row) => (row === 0 ? -1 : row === 1 ? 2 : row % 2)),
    },
    { name: 'country', kind: 'category', categories: ['DE'], codes: new Int32Array(24) },
  ],
};

it('leaves out what tells nothing, and gives frequent categories a column each', () => {
  const { columns, leftOut } = planEncoding(table, 30);
  expect(columns).toEqual([
    { feature: 'months', is: 'number' },
    { feature: 'plan', is: 'category', category: 'basic' },
    { feature: 'plan', is: 'category', category: 'flat' },
  ]);
  expect(leftOut).toEqual(['nothing', 'always', 'country']);
  expect(planEncoding(table, 1).columns.filter(({ feature }) => feature === 'plan')).toHaveLength(1);
});

it('has missing and infinite values missing, and rare and unseen categories none of the known ones', () => {
  const encoding = planEncoding(table, 30);
  const { columns, values } = encode(table, encoding);
  const row = (number: number) => [...values.subarray(number * columns, (number + 1) * columns)];
  expect(row(0)).toEqual([0, NaN, NaN]);
  expect(row(1)).toEqual([1, 0, 0]);
  expect(row(3)).toEqual([NaN, 0, 1]);
  const other: FeatureTable = {
    rows: 2,
    features: [{ name: 'plan', kind: 'category', categories: ['newest', 'flat'], codes: Int32Array.of(0, 1) }],
  };
  expect([...encode(other, encoding).values]).toEqual([NaN, 0, 0, NaN, 0, 1]);
});

it('means the same whatever the order of features and categories', () => {
  const encoding = planEncoding(table, 30);
  const turned: FeatureTable = {
    ...table,
    features: table.features.toReversed().map((feature) =>
      feature.kind === 'number'
        ? feature
        : {
            ...feature,
            categories: feature.categories.toReversed(),
            codes: feature.codes.map((code) => (code < 0 ? code : feature.categories.length - 1 - code)),
          },
    ),
  };
  expect(encode(turned, encoding)).toEqual(encode(table, encoding));
});

it('reasons are features, with what all of their columns add', () => {
  const { columns } = planEncoding(table, 30);
  expect(strongestReasons(columns, Float32Array.of(0.25, -0.5, -0.5, 9), 5)).toEqual([
    { feature: 'plan', adds: -1 },
    { feature: 'months', adds: 0.25 },
  ]);
  expect(strongestReasons(columns, Float32Array.of(0.25, 0, 0, 9), 5, 2)).toEqual([{ feature: 'months', adds: 0.5 }]);
});

it('makes matrices that threads see without a copy', () => {
  const matrix = encode(table, planEncoding(table, 30));
  expect(matrix.values.buffer).toBeInstanceOf(SharedArrayBuffer);
  const labels = Float32Array.from({ length: 24 }, (_, row) => row);
  const some = matrixRows({ ...matrix, labels }, Int32Array.of(1, 0));
  expect(some.values.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(some).toMatchObject({ rows: 2, labels: Float32Array.of(1, 0) });
});
