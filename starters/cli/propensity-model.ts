import type { Command } from 'commander';
import type { TrainedFile } from '../../adapters/local/propensity/train-file';
import { wholeNumber } from './events-options';
import { required } from './required-option';
import { onStopSignal } from './signals';
import { UsageError } from './usage-error';

interface TrainOptions {
  readonly input?: string;
  readonly target?: string;
  readonly id?: string;
  readonly out?: string;
  readonly kind: string;
  readonly ignore?: readonly string[];
  readonly repeats: string;
  readonly folds: string;
  readonly seed: string;
  readonly threads: string;
  readonly json?: boolean;
}

/** `hub model train|score|show`: models of what is likely to happen, on files. */
export function addPropensity(model: Command): void {
  model
    .command('train')
    .description('learn to tell one column of a file by the others, and say how good that is')
    .option('--input <file>', 'a csv, ndjson or parquet file (also .gz), one row for whoever is told of')
    .option('--target <column=value>', 'what is told: whether a column has a value, as in Churn=Yes')
    .option('--id <column>', 'the column that names a row')
    .option('--out <folder>', 'where model.tar.gz and manifest.json are written (default: model-<target>)')
    .option('--kind <kind>', 'binary; classes, for all values of the column; or score, for a number', 'binary')
    .option('--ignore <columns...>', 'columns that are not to be learned from')
    .option('--repeats <n>', 'how often it is evaluated; 0 for not at all', '5')
    .option('--folds <n>', 'into how many parts rows are split each time, of which all but one are learned from', '2')
    .option('--seed <n>', 'of all that is done at random: the same seed, the same bytes', '7')
    .option('--threads <n>', 'of the machine that are used; another number makes another model', '2')
    .option('--json', 'answer in JSON')
    .action(train);
  model
    .command('score')
    .description('write what a model says of the rows of a file')
    .option('--model <folder>', 'where hub model train wrote the model, or its model.tar.gz')
    .option('--input <file>', 'a csv, ndjson or parquet file (also .gz) with the columns that were learned from')
    .option('--id <column>', 'the column that names a row')
    .option('--out <file>', 'the csv file to write')
    .option('--json', 'answer in JSON')
    .action(score);
  model
    .command('show')
    .description('what a model was learned from, what it reads, and how good it is')
    .argument('<folder>', 'where hub model train wrote the model, or its model.tar.gz')
    .action(show);
}

const KINDS = ['binary', 'classes', 'score'] as const;

async function train(options: TrainOptions): Promise<void> {
  const target = targetOf(required(options.target, '--target'));
  const kind = KINDS.find((own) => own === options.kind);
  if (kind === undefined) throw new UsageError(`--kind: expected ${KINDS.join(', ')}`);
  const stopping = new AbortController();
  onStopSignal(() => stopping.abort());
  const { trainFile } = await import('../../adapters/local/propensity/train-file');
  const trained = await trainFile({
    input: required(options.input, '--input'),
    id: required(options.id, '--id'),
    target,
    ignore: options.ignore ?? [],
    out: options.out ?? `model-${target.column.replace(/[^\w-]+/g, '_').toLowerCase()}`,
    settings: {
      kind,
      evaluation: {
        repeats: wholeNumber(options.repeats, '--repeats', [0, 20]),
        folds: wholeNumber(options.folds, '--folds', [2, 20]),
      },
      seed: wholeNumber(options.seed, '--seed', [0, 2_147_483_647]),
      threads: wholeNumber(options.threads, '--threads', [1, 64]),
    },
    signal: stopping.signal,
    onProgress: (message) => process.stderr.write(`${message}\n`),
  });
  process.stdout.write(options.json === true ? `${JSON.stringify(trained)}\n` : `${report(trained).join('\n')}\n`);
}

function targetOf(text: string): { column: string; value?: string } {
  const at = text.indexOf('=');
  return at < 0 ? { column: text } : { column: text.slice(0, at), value: text.slice(at + 1) };
}

function report({ rows, features, evaluation, warnings, model, rounds, parameters }: TrainedFile): string[] {
  const line = (name: string, measures: object) => {
    const numbers = Object.entries(measures).filter(([, value]) => typeof value === 'number');
    return `${name.padEnd(12)} ${numbers.map(([measure, value]) => `${measure} ${(value as number).toPrecision(4)}`).join('  ')}`;
  };
  return [
    `${rows} rows, ${features} features; ${rounds} trees of depth ${parameters['max_depth']}: ${model}`,
    ...(evaluation === undefined
      ? []
      : [
          `on rows that were not learned from, the mean of ${evaluation.folds.length} folds:`,
          line('model', evaluation),
          line('linear', evaluation.baselines.linear),
          line('prevalence', evaluation.baselines.prevalence),
        ]),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

interface ScoreOptions {
  readonly model?: string;
  readonly input?: string;
  readonly id?: string;
  readonly out?: string;
  readonly json?: boolean;
}

async function score(options: ScoreOptions): Promise<void> {
  const { scoreFile } = await import('../../adapters/local/propensity/score-file');
  const scored = await scoreFile({
    model: required(options.model, '--model'),
    input: required(options.input, '--input'),
    id: required(options.id, '--id'),
    out: required(options.out, '--out'),
    onProgress: (message) => process.stderr.write(`${message}\n`),
  });
  process.stdout.write(options.json === true ? `${JSON.stringify(scored)}\n` : `${scored.rows} rows: ${scored.out}\n`);
}

async function show(folder: string): Promise<void> {
  const [{ readArtefact }, { stringify }] = await Promise.all([
    import('../../adapters/local/propensity/artefact'),
    import('yaml'),
  ]);
  process.stdout.write(stringify((await readArtefact(folder)).manifest));
}
