import { createWriteStream } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HubError } from '../../../core/errors';
import { csvField } from '../../../core/text/csv-field';
import { predict } from '../../../core/propensity/predict';
import { makeFolder } from '../folders';
import { withRecordBatch } from '../identity/record-batch';
import { readArtefact } from './artefact';
import { readFeatures, refuseWords, type FeatureKind } from './read-table';
import { Xgboost } from './xgboost';

export interface ScoreFileQuestion {
  /** The folder or the archive of a model. */
  readonly model: string;
  readonly input: string;
  /** The column that names a row. */
  readonly id: string;
  /** A CSV that is written. */
  readonly out: string;
  readonly onProgress?: (message: string) => void;
}

export interface ScoredFile {
  readonly rows: number;
  readonly out: string;
}

/**
 * Writes what a model says of the rows of a file: `probability`, one column for each class, or `score`.
 *
 * @throws HubError those of `readArtefact` and `withRecordBatch`; INPUT_INVALID where it would write over its input;
 * FOLDER_UNUSABLE; COLUMN_MISSING naming the features, INPUT_INVALID one that has no numbers; ENGINE_MISSING
 */
export async function scoreFile({ model, input, id, out, onProgress }: ScoreFileQuestion): Promise<ScoredFile> {
  if (resolve(out) === resolve(input)) {
    throw new HubError('INPUT_INVALID', `--out: ${out} is the file that is read; give another`, { field: '--out' });
  }
  const { trees, manifest } = await readArtefact(model);
  await makeFolder(dirname(resolve(out)), 'the folder of --out');
  return withRecordBatch(input, id, async ({ connection, file, ids }) => {
    const missing = manifest.features.filter(({ name }) => !file.columns.includes(name)).map(({ name }) => name);
    if (missing.length > 0) {
      const message = `--input: ${input} lacks what the model was learned from: ${missing.join(', ')}`;
      throw new HubError('COLUMN_MISSING', message, { field: '--input' });
    }
    const kinds = new Map<string, FeatureKind>(manifest.features.map(({ name, kind }) => [name, kind]));
    const rows = { connection, relation: file.relation, where: 'true' };
    await refuseWords(
      rows,
      [...kinds.keys()].filter((name) => kinds.get(name) === 'number'),
    );
    const features = await readFeatures(rows, kinds);
    const booster = await Xgboost.start(onProgress);
    const opened = await booster.open(trees);
    try {
      const { kind, columns, calibration, classes } = manifest;
      const answering = { kind, encoding: { columns }, ...(calibration && { calibration }) };
      const predicted = await predict(opened, answering, { rows: ids.length, features });
      const names = kind === 'classes' ? classes! : [kind === 'binary' ? 'probability' : 'score'];
      await pipeline(csvLines([id, ...names], ids, predicted), createWriteStream(out));
      return { rows: ids.length, out };
    } finally {
      await opened.close();
      await booster.close();
    }
  });
}

function* csvLines(header: readonly string[], ids: readonly string[], predicted: Float32Array): Generator<string> {
  yield `${header.map(csvField).join(',')}\n`;
  const each = header.length - 1;
  for (const [row, id] of ids.entries()) {
    yield `${csvField(id)},${predicted.subarray(row * each, (row + 1) * each).join(',')}\n`;
  }
}
