import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../adapters/local/engines/command';
import { XGBOOST_VERSION } from '../../adapters/local/engines/xgboost-library';
import { pipPackages } from '../support/pip-packages';

/** Beside XGBoost itself: what its Python package needs, in versions that Python 3.10 and later have. */
const PACKAGES = [`xgboost-cpu==${XGBOOST_VERSION}`, 'numpy<3', 'scipy<2'];

/**
 * As SageMaker's XGBoost container (3.0-5) does it: unpacks `model.tar.gz`, loads the one file in it, and answers CSV
 * without header, where nothing between two commas is missing.
 */
const SERVE = `
import os, sys, tarfile, tempfile
import numpy as np, xgboost as xgb
archive, rows = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    with tarfile.open(archive) as tar:
        tar.extractall(folder)
    files = [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names]
    assert len(files) == 1, files
    booster = xgb.Booster()
    booster.load_model(files[0])
data = np.genfromtxt(rows, delimiter=',', dtype=np.float32)
for value in booster.predict(xgb.DMatrix(data.reshape(-1, booster.num_features()), missing=np.nan)):
    print(','.join(repr(float(one)) for one in np.atleast_1d(value)))
`;

/** A model that the container's Python trains, as its training job leaves it: it reads CSV by the library's own reader. */
const TRAIN = `
import json, sys, tarfile
import xgboost as xgb
rows, archive, given = sys.argv[1:]
parameters = json.loads(given)
rounds = int(parameters.pop('num_round'))
booster = xgb.train(parameters, xgb.DMatrix(rows + '?format=csv&label_column=0&delimiter=,'), rounds)
booster.save_model('xgboost-model.ubj')
with tarfile.open(archive, 'w:gz') as tar:
    tar.add('xgboost-model.ubj', 'xgboost-model')
`;

/** What the container's Python says of the rows of a CSV file: a line each, of several numbers where there are classes. */
export function containerTransform(archive: string, csv: string): Promise<string> {
  return python(SERVE, [archive, csv]);
}

/** What the container's Python says of rows. */
export function containerPredictions(archive: string, rows: readonly (readonly number[])[]): Promise<number[]> {
  return withCsv(rows, async (csv) => (await containerTransform(archive, csv)).trim().split('\n').map(Number));
}

/**
 * Writes the archive of a model that the container's Python learned.
 *
 * @param csv without a header, the label first
 * @param hyperParameters of SageMaker's XGBoost, as `num_round`
 */
export async function containerTraining(
  csv: string,
  hyperParameters: Readonly<Record<string, string>>,
  archive: string,
): Promise<void> {
  await python(TRAIN, [csv, archive, JSON.stringify(hyperParameters)], dirname(archive));
}

/** Runs `work` with a CSV file of rows. */
export async function withCsv<T>(
  rows: readonly (readonly number[])[],
  work: (csv: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-test-container-'));
  try {
    const csv = join(folder, 'rows.csv');
    const line = (row: readonly number[]) => row.map((value) => (Number.isNaN(value) ? '' : String(value))).join(',');
    await writeFile(csv, `${rows.map(line).join('\n')}\n`);
    return await work(csv, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function python(script: string, args: readonly string[], cwd?: string): Promise<string> {
  const packages = await pipPackages('xgboost-python', XGBOOST_VERSION, PACKAGES);
  return run('env', [`PYTHONPATH=${packages}`, 'python3', '-c', script, ...args], cwd === undefined ? {} : { cwd });
}
