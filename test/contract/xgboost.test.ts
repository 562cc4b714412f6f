import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArtefact, writeArtefact, writeModel } from '../../adapters/local/propensity/artefact';
import { train } from '../../adapters/local/propensity/train';
import { Xgboost } from '../../adapters/local/propensity/xgboost';
import { sigmoid } from '../../core/propensity/measures';
import { randomNumbers } from '../../core/statistics/random-numbers';
import type { BoosterParameters, LabelledMatrix, Matrix } from '../../ports/tree-booster';
import { containerPredictions, containerTraining, withCsv } from '../stand-ins/xgboost-container';
import { ENGINE_START_MS } from '../support/engines';

const random = randomNumbers(11);
const ROWS = 600;
const COLUMNS = 4;
const values = Float32Array.from({ length: ROWS * COLUMNS }, () => (random() < 0.1 ? Number.NaN : random()));
const matrix: Matrix = { rows: ROWS, columns: COLUMNS, values };
const rowOf = (row: number) => [...values.subarray(row * COLUMNS, (row + 1) * COLUMNS)];
const labels = Float32Array.from({ length: ROWS }, (_, row) => {
  const [first = 0, second = 0] = rowOf(row);
  return (first || 0) + (second || 0) + 0.3 * random() > 1 ? 1 : 0;
});
const data: LabelledMatrix = { ...matrix, labels };
const parameters: BoosterParameters = {
  objective: 'binary:logistic',
  eval_metric: 'logloss',
  max_depth: 3,
  subsample: 0.8,
  tree_method: 'hist',
  nthread: 2,
  seed: 7,
};

let booster: Xgboost;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-xgboost-'));
  booster = await Xgboost.start();
}, ENGINE_START_MS);
afterAll(async () => {
  await booster?.close();
  await rm(folder, { recursive: true, force: true });
});

it('makes the same bytes of the same rows and seed, and others of another seed', async () => {
  const model = await booster.train(data, parameters, 20);
  expect(await booster.train(data, parameters, 20)).toEqual(model);
  expect(await booster.train(data, { ...parameters, seed: 8 }, 20)).not.toEqual(model);
});

it('explains each row: what columns add, with what all have in common, is the margin', async () => {
  const opened = await booster.open(await booster.train(data, parameters, 20));
  const [margins, contributions] = [await opened.margins(matrix), await opened.contributions(matrix)];
  await opened.close();
  expect(contributions).toHaveLength(ROWS * (COLUMNS + 1));
  margins.forEach((margin, row) => {
    const sum = contributions.subarray(row * (COLUMNS + 1), (row + 1) * (COLUMNS + 1)).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(margin, 4);
  });
});

it('learns on until more rounds help no more, and tells what the best of them say', async () => {
  const half = (from: number): LabelledMatrix => ({
    rows: ROWS / 2,
    columns: COLUMNS,
    values: values.subarray((from * values.length) / 2, ((from + 1) * values.length) / 2),
    labels: labels.subarray((from * ROWS) / 2, ((from + 1) * ROWS) / 2),
  });
  const { losses, bestRounds, margins } = await booster.curve({ train: half(0), test: half(1) }, parameters, {
    mostRounds: 300,
    patience: 10,
  });
  expect(losses).toHaveLength(bestRounds + 10);
  expect(losses[bestRounds - 1]).toBe(Math.min(...losses));
  const opened = await booster.open(await booster.train(half(0), parameters, bestRounds));
  expect(await opened.margins(half(1))).toEqual(margins);
  await opened.close();
});

it('stops when nobody waits any more, and says what the library refuses', async () => {
  const stopping = new AbortController();
  const training = booster.train(data, parameters, 100_000, stopping.signal);
  stopping.abort();
  await expect(training).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(booster.train(data, { ...parameters, objective: 'guess' }, 1)).rejects.toMatchObject({
    code: 'BOOSTER_REFUSED',
    message: expect.stringContaining('guess') as string,
  });
});

describe('models of others', () => {
  it('that a newer XGBoost has written are refused, and older ones are not', async () => {
    const model = Buffer.from(await booster.train(data, parameters, 2));
    const minor = model.length - 4;
    const written = (version: number) => Buffer.from(model).fill(version, minor, minor + 1);
    await expect(booster.open(written(2))).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('was written by XGBoost 3.2.5, and is read by 3.0.5') as string,
    });
    const older = Buffer.from(model);
    older[minor - 2] = 2;
    await (await booster.open(older)).close();
  });

  it('that are none, or are damaged, are refused', async () => {
    await expect(booster.open(Buffer.from('rubbish'))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    const model = await booster.train(data, parameters, 2);
    const damaged = Buffer.concat([model.subarray(0, 200), model.subarray(400)]);
    await expect(booster.open(damaged)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
});

describe('SageMaker’s container', () => {
  const rows = Array.from({ length: ROWS }, (_, row) => rowOf(row));

  it(
    'reads what was trained here, and says the same',
    async () => {
      const features = Array.from({ length: COLUMNS }, (_, column) => ({
        name: `f${column}`,
        kind: 'number' as const,
        values: Float32Array.from(rows, (row) => row[column]!),
      }));
      const table = { rows: ROWS, labels, features };
      const model = await train(table, { target: 'big', evaluation: { repeats: 0 } });
      const written = await writeModel(join(folder, 'ours'), model, { target: 'big', table });
      const opened = await booster.open((await readArtefact(written.model)).trees);
      const own = await opened.margins(matrix);
      await opened.close();
      const said = await containerPredictions(written.model, rows);
      said.forEach((probability, row) => expect(probability).toBeCloseTo(sigmoid(own[row]!), 6));
      expect(said).toHaveLength(ROWS);
    },
    ENGINE_START_MS,
  );

  it(
    'trains what is read here, and says the same',
    async () => {
      const theirs = join(folder, 'model.tar.gz');
      const hyperParameters = { objective: 'binary:logistic', max_depth: '3', num_round: '20' };
      const labelled = rows.map((row, index) => [labels[index]!, ...row]);
      await withCsv(labelled, (csv) => containerTraining(csv, hyperParameters, theirs));
      const [{ manifest }, archive] = [await readArtefact(join(folder, 'ours')), await readFile(theirs)];
      const { createHash } = await import('node:crypto');
      const sha256 = createHash('sha256').update(archive).digest('hex');
      await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, sha256 }));
      const opened = await booster.open((await readArtefact(theirs)).trees);
      const own = await opened.margins(matrix);
      await opened.close();
      const said = await containerPredictions(theirs, rows);
      said.forEach((probability, row) => expect(probability).toBeCloseTo(sigmoid(own[row]!), 6));
    },
    ENGINE_START_MS,
  );

  it('gets the archive that the manifest beside it tells of, and no other', async () => {
    const broken = join(folder, 'broken');
    await writeArtefact(broken, Buffer.from('trees'), (await readArtefact(join(folder, 'ours'))).manifest);
    await copyFile(join(folder, 'ours', 'model.tar.gz'), join(broken, 'model.tar.gz'));
    await expect(readArtefact(broken)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('is not the archive that manifest.json beside it tells of') as string,
    });
    await expect(readArtefact(join(folder, 'none'))).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });
});
