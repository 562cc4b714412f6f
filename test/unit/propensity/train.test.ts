import type { FeatureColumn, LabelledTable } from '../../../core/propensity/feature-table';
import { train } from '../../../core/propensity/train';
import { randomNumbers } from '../../../core/statistics/random-numbers';
import type { BoosterParameters, LabelledMatrix, Matrix, TreeBooster } from '../../../ports/tree-booster';
import { trainingSpec } from '../../../schemas/training';

const ROWS = 240;
const random = randomNumbers(2);
/** The row's own number is a feature, by which a matrix tells which rows it has. */
const ids: FeatureColumn = { name: 'id', kind: 'number', values: Float32Array.from({ length: ROWS }, (_, row) => row) };
const noise: FeatureColumn = { name: 'noise', kind: 'number', values: Float32Array.from(ids.values, random) };
const groups = Int32Array.from({ length: ROWS }, (_, row) => Math.floor(row / 3));
const table: LabelledTable = {
  rows: ROWS,
  labels: Float32Array.from({ length: ROWS }, () => (random() < 0.3 ? 1 : 0)),
  groups,
  features: [ids, noise],
};
const spec = trainingSpec.parse({ target: 'churn', evaluation: { repeats: 2, folds: 3 } });

const rowsIn = ({ rows, columns, values }: Matrix) => Array.from({ length: rows }, (_, row) => values[row * columns]!);

/** Learns nothing, and remembers which rows it was given. Losses are by fold and depth. */
class FakeBooster implements TreeBooster {
  readonly version = '0';
  /** Of each model: the rows that it, or the search for its shape, was given. */
  readonly learned: number[][] = [];
  readonly asked: { readonly model: number; readonly rows: number[] }[] = [];
  readonly depths: number[] = [];
  /** Customers with rows on both sides of a search's fold. */
  torn = 0;
  private searched: number[] = [];

  constructor(private readonly lossOf: (depth: number, fold: number) => number = () => 1) {}

  curve(
    { train: learned, test }: { readonly train: LabelledMatrix; readonly test: LabelledMatrix },
    parameters: BoosterParameters,
  ) {
    const customers = new Set(rowsIn(learned).map((row) => groups[row]));
    this.torn += rowsIn(test).filter((row) => customers.has(groups[row]!)).length;
    const fold = this.searched.length;
    this.searched.push(...rowsIn(learned), ...rowsIn(test));
    const loss = this.lossOf(
      Number(parameters['max_depth']),
      fold === 0 ? 0 : Math.round(fold / (learned.rows + test.rows)) % 3,
    );
    return Promise.resolve({ losses: Float64Array.of(loss), margins: new Float32Array(test.rows), bestRounds: 1 });
  }

  train(data: LabelledMatrix, parameters: BoosterParameters): Promise<Uint8Array> {
    const isTrees = parameters['booster'] !== 'gblinear';
    if (isTrees) this.depths.push(Number(parameters['max_depth']));
    // A linear model has its columns scaled, by which no row is told.
    this.learned.push(isTrees ? [...this.searched, ...rowsIn(data)] : []);
    this.searched = [];
    return Promise.resolve(Uint8Array.of(this.learned.length - 1));
  }

  open(model: Uint8Array) {
    return Promise.resolve({
      margins: (matrix: Matrix) => {
        this.asked.push({ model: model[0]!, rows: rowsIn(matrix) });
        return Promise.resolve(new Float32Array(matrix.rows));
      },
      contributions: () => Promise.reject(new Error('nobody asks why')),
      close: () => Promise.resolve(),
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

it('no model is tested with a row, or a customer, that it or its search has seen', async () => {
  const booster = new FakeBooster();
  const { evaluation } = await train(table, spec, { booster });
  expect(evaluation!.folds).toHaveLength(6);
  expect(booster.torn).toBe(0);
  const ofTrees = booster.asked.filter(({ model }) => booster.learned[model]!.length > 0);
  expect(ofTrees).toHaveLength(6);
  for (const { model, rows } of ofTrees) {
    const seen = new Set(booster.learned[model]!.map((row) => groups[row]));
    expect(rows.filter((row) => seen.has(groups[row]!))).toEqual([]);
  }
  // All rows are tested once in each repeat, and the model that is kept has learned from all.
  expect(ofTrees.flatMap(({ rows }) => rows).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 2 * ROWS }, (_, index) => Math.floor(index / 2)),
  );
  expect(new Set(booster.learned.at(-1))).toEqual(new Set(ids.values));
});

const shapeOf = async (lossOf: (depth: number, fold: number) => number) => {
  const booster = new FakeBooster(lossOf);
  await train(table, { ...spec, evaluation: { repeats: 0, folds: 2 } }, { booster });
  return booster.depths;
};

it('the shape that is better in all folds is taken, and of those that cannot be told apart the simplest', async () => {
  expect(await shapeOf((depth) => (depth === 4 ? 0.5 : 1))).toEqual([4]);
  expect(await shapeOf(() => 1)).toEqual([1]);
  expect(await shapeOf((depth, fold) => 1 - (depth === 3 && fold === 0 ? 0.2 : 0))).toEqual([1]);
});

it('progress is told, training by training', async () => {
  const told: [number, number][] = [];
  await train(table, spec, { booster: new FakeBooster(), onProgress: (done, total) => told.push([done, total]) });
  expect(told).toEqual(Array.from({ length: 7 }, (_, done) => [done === 6 ? 7 : done, 7]));
});

it('features none of which tells anything are refused before anything is learned', async () => {
  const still: FeatureColumn = { name: 'still', kind: 'number', values: new Float32Array(ROWS).fill(Number.NaN) };
  await expect(train({ ...table, features: [still] }, spec, { booster: new FakeBooster() })).rejects.toMatchObject({
    code: 'NO_FEATURES',
    message: expect.stringContaining('no feature tells anything of churn'),
  });
});
