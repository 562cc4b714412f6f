import type { CrossValidation } from '../../../core/propensity/train';
import type { TrainingInput } from '../../../schemas/training';
import { withRecordBatch, type RecordBatch } from '../identity/record-batch';
import { StageClock } from '../stage-clock';
import { writeModel, type WrittenArtefact } from './artefact';
import { kindsOf, labelled, readFeatures, readLabels, type TargetColumn } from './read-table';
import { train } from './train';

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
  const learn = async ({ connection, file, ids }: RecordBatch): Promise<TrainedFile> => {
    const clock = new StageClock();
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
    const { encoding, parameters, rounds, evaluation } = model;
    const written = await writeModel(out, model, { target: target.column, classes, table });
    const warnings = [
      ...unlabelled(ids.length - table.rows, target.column),
      ...model.warnings,
      ...encoding.leftOut.map((name) => `${name} tells nothing: it is the same, missing or different in every row`),
    ];
    const about = { rows: table.rows, features: table.features.length, parameters, rounds, warnings };
    return { ...written, ...about, ...(evaluation && { evaluation }), timings: clock.timings() };
  };
  return withRecordBatch(input, id, learn, { '--target': target.column, '--ignore': question.ignore });
}

function unlabelled(rows: number, target: string): string[] {
  return rows === 0 ? [] : [`${rows} rows tell no ${target}, and were left out`];
}
