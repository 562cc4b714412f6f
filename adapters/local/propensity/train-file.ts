import { HubError } from '../../../core/errors';
import type { CrossValidation } from '../../../core/propensity/train';
import { didYouMean } from '../../../core/text/closest-name';
import type { TrainingInput } from '../../../schemas/training';
import { withRecordBatch } from '../identity/record-batch';
import { StageClock } from '../stage-clock';
import { writeArtefact, type WrittenArtefact } from './artefact';
import { kindsOf, labelled, readFeatures, readLabels, type TargetColumn } from './read-table';
import { train } from './train';
import { XGBOOST_VERSION } from '../engines/xgboost-library';

export interface TrainFileQuestion {
  readonly input: string;
  /** The column that names a row; no feature. */
  readonly id: string;
  readonly target: TargetColumn;
  /** Columns that are no features. */
  readonly ignore: readonly string[];
  readonly out: string;
  readonly settings: Omit<TrainingInput, 'target' | 'classes'>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: string) => void;
}

export interface TrainedFile extends WrittenArtefact {
  readonly rows: number;
  readonly features: number;
  readonly evaluation?: CrossValidation;
  readonly warnings: readonly string[];
  readonly rounds: number;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/**
 * Learns to tell a column of a file by its other columns, says how good that is, and writes the model.
 *
 * @throws HubError those of `withRecordBatch`, `readLabels` and `train`; COLUMN_MISSING naming the option; ENGINE_MISSING
 */
export async function trainFile(question: TrainFileQuestion): Promise<TrainedFile> {
  const { input, id, target, out, onProgress } = question;
  return withRecordBatch(input, id, async ({ connection, file, ids }) => {
    const clock = new StageClock();
    refuseUnknown(input, { '--target': [target.column], '--ignore': question.ignore }, file.columns);
    const rows = { connection, relation: file.relation, where: labelled(target.column) };
    const columns = file.columns.filter((name) => ![id, target.column, ...question.ignore].includes(name));
    const kinds = await kindsOf(rows, columns);
    const { labels, classes } = await readLabels(rows, target, question.settings.kind ?? 'binary');
    const table = { rows: labels.length, labels, features: await readFeatures(rows, kinds) };
    clock.finish('load');
    const model = await train(
      table,
      { ...question.settings, target: target.column, ...(classes && { classes: [...classes] }) },
      {
        signal: question.signal,
        onStep: onProgress,
        onProgress: (done, total) => onProgress?.(`training ${Math.min(done + 1, total)} of ${total}`),
      },
    );
    clock.finish('train');
    const { encoding, calibration, parameters, rounds, evaluation, kind } = model;
    const written = await writeArtefact(out, model.trees, {
      kind,
      target: target.column,
      classes: classes?.slice(),
      library: { name: 'xgboost', version: XGBOOST_VERSION },
      features: table.features.map((feature) => ({ name: feature.name, kind: feature.kind })),
      columns: [...encoding.columns],
      calibration,
      parameters,
      rounds,
      rows: table.rows,
      ...(evaluation && { evaluation: { ...evaluation } }),
    });
    const warnings = [
      ...unlabelled(ids.length - table.rows, target.column),
      ...model.warnings,
      ...encoding.leftOut.map((name) => `${name} tells nothing: it is the same, missing or different in every row`),
    ];
    const about = { rows: table.rows, features: table.features.length, parameters, rounds, warnings };
    return { ...written, ...about, ...(evaluation && { evaluation }), timings: clock.timings() };
  });
}

function unlabelled(rows: number, target: string): string[] {
  return rows === 0 ? [] : [`${rows} rows tell no ${target}, and were left out`];
}

function refuseUnknown(
  input: string,
  wanted: Readonly<Record<string, readonly string[]>>,
  columns: readonly string[],
): void {
  for (const [option, names] of Object.entries(wanted)) {
    const unknown = names.find((name) => !columns.includes(name));
    if (unknown === undefined) continue;
    const message = `${option}: ${input} has no column "${unknown}"${didYouMean(unknown, columns)}`;
    throw new HubError('COLUMN_MISSING', message, { field: option });
  }
}
