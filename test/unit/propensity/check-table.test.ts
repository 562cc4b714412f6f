import { checkTable } from '../../../core/propensity/check-table';
import type { FeatureColumn, LabelledTable } from '../../../core/propensity/feature-table';
import { randomNumbers } from '../../../core/statistics/random-numbers';

const ROWS = 200;
const random = randomNumbers(1);
const labels = Float32Array.from({ length: ROWS }, (_, row) => (row % 4 === 0 ? 1 : 0));
const noise: FeatureColumn = { name: 'months', kind: 'number', values: Float32Array.from(labels, random) };
const binary = { kind: 'binary' as const, target: 'Churn', classes: ['No', 'Yes'] };

const tableOf = (...features: FeatureColumn[]): LabelledTable => ({
  rows: ROWS,
  labels,
  features: [noise, ...features],
});
const numbers = (name: string, valueOf: (label: number, row: number) => number): FeatureColumn => ({
  name,
  kind: 'number',
  values: Float32Array.from(labels, valueOf),
});

it('takes a table that can be learned from', async () => {
  expect(await checkTable(tableOf(), binary)).toEqual([]);
});

const few = { ...tableOf(), rows: 50, labels: labels.subarray(0, 50) };

it.each<[string, LabelledTable, string, string]>([
  ['fifty rows', few, 'TOO_FEW_ROWS', '50 rows with a Churn: at least 100'],
  ['one class', { ...tableOf(), labels: new Float32Array(ROWS) }, 'ONE_CLASS_ONLY', 'Churn is "No" in all 200 rows'],
  [
    'a class of few',
    { ...tableOf(), labels: labels.map((_, row) => (row < 7 ? 1 : 0)) },
    'TOO_FEW_OF_A_CLASS',
    'Churn is "Yes" in 7 of 200 rows: at least 20',
  ],
  ['a label that is no class', { ...tableOf(), labels: labels.map(() => 0.5) }, 'LABEL_INVALID', 'Churn is 0.5'],
  [
    'labels of some rows only',
    { ...tableOf(), labels: labels.subarray(1) },
    'TABLE_INVALID',
    'labels: it has 199 values',
  ],
  ['rows of one group', { ...tableOf(), groups: new Int32Array(ROWS) }, 'TABLE_INVALID', 'groups: all rows are of one'],
  ['groups of some rows only', { ...tableOf(), groups: new Int32Array(3) }, 'TABLE_INVALID', 'groups: it has 3 values'],
  [
    'a column that is too short',
    tableOf({ name: 'calls', kind: 'number', values: new Float32Array(10) }),
    'TABLE_INVALID',
    'calls: it has 10 values, and the table 200 rows',
  ],
  ['a name that two features have', tableOf(numbers('months', random)), 'TABLE_INVALID', 'months: two features'],
  [
    'a code of no category',
    tableOf({ name: 'plan', kind: 'category', categories: ['flat'], codes: new Int32Array(ROWS).fill(1) }),
    'TABLE_INVALID',
    'plan: code 1 is none of its 1 categories',
  ],
  ['no features', { ...tableOf(), features: [] }, 'NO_FEATURES', 'no feature'],
  ['the target itself', tableOf(numbers('churn', random)), 'TARGET_IN_FEATURES', 'churn is what is to be told'],
  [
    'the target by another name',
    tableOf(numbers('left_on', (label, row) => (label === 1 ? 100 + row : Number.NaN))),
    'TARGET_IN_FEATURES',
    'left_on alone tells Churn as good as always',
  ],
  [
    'the target in words',
    tableOf({
      name: 'status',
      kind: 'category',
      categories: ['gone', 'here'],
      codes: Int32Array.from(labels, (label) => 1 - label),
    }),
    'TARGET_IN_FEATURES',
    'status alone tells Churn',
  ],
])('%s is refused', async (_, table, code, message) => {
  await expect(checkTable(table, binary)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

it('tells of features that predict too well alone, and of infinite values', async () => {
  const warnings = await checkTable(
    tableOf(
      numbers('calls', (label, row) => (row % 40 === 0 ? 0 : label)),
      numbers('ratio', (_, row) => (row === 5 ? Infinity : random())),
    ),
    binary,
  );
  expect(warnings).toEqual([
    expect.stringMatching(/^calls alone has an AUC of 0\.9\d+/),
    'ratio has infinite values, which are taken for missing ones',
  ]);
});

it('names of rows are no words for the target', async () => {
  const ids: FeatureColumn = {
    name: 'row',
    kind: 'category',
    categories: Array.from(labels, (_, row) => `r${row}`),
    codes: Int32Array.from(labels, (_, row) => row),
  };
  expect(await checkTable(tableOf(ids), binary)).toEqual([]);
});

it('scores have to differ, and to be numbers', async () => {
  const score = { kind: 'score', target: 'csat' } as const;
  await expect(checkTable({ ...tableOf(), labels: new Float32Array(ROWS).fill(3) }, score)).rejects.toThrow(
    'csat is 3 in all rows',
  );
  await expect(checkTable({ ...tableOf(), labels: labels.map(() => Number.NaN) }, score)).rejects.toThrow(
    'csat is no number',
  );
});

it('lets others have their turn between features', async () => {
  let turns = 0;
  let isChecking = true;
  const takeTurns = () => {
    turns++;
    if (isChecking) setImmediate(takeTurns);
  };
  setImmediate(takeTurns);
  const features = Array.from({ length: 20 }, (_, index) => numbers(`f${index}`, random));
  await checkTable(tableOf(...features), binary);
  isChecking = false;
  expect(turns).toBeGreaterThanOrEqual(20);
});

it('scores whose squares are no numbers of XGBoost any more are refused, which failed without a word of why', async () => {
  const score = { kind: 'score', target: 'revenue' } as const;
  const scores = (most: number) => ({ ...tableOf(), labels: labels.map((_, row) => (row / ROWS) * most) });
  expect(await checkTable(scores(1e18), score)).toEqual([]);
  await expect(checkTable(scores(-1e38), score)).rejects.toMatchObject({
    code: 'LABEL_INVALID',
    message: expect.stringMatching(/^revenue is -\S+e\+\d+ in some row: squares of what is beyond 1e\+18 /),
  });
});
