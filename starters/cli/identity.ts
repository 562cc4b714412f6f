import type { Command } from 'commander';
import type { Evaluation } from '../../adapters/local/identity/evaluate-file';
import type { Training } from '../../adapters/local/identity/train-file';
import { addCuration } from './identity-curation';
import { addLabel } from './identity-label';
import { addSql } from './identity-sql';
import { linkageSettingsOf } from './linkage-settings';
import { required } from './required-option';
import { UsageError } from './usage-error';

interface EvaluateOptions {
  readonly input?: string;
  readonly id?: string;
  readonly truth?: string;
  readonly settings?: string;
  readonly labels?: string;
  readonly json?: boolean;
}

/** `hub identity …`: who is who. */
export function identityCommand(program: Command): void {
  const identity = program.command('identity').description('who is who: link the records of one person');
  identity
    .command('evaluate')
    .description(
      'link the records of a file whose truth is known, without looking at it, and say how well that fits it',
    )
    .option(
      '--input <files>',
      'a csv, ndjson or parquet file (also .gz), or two, separated by a comma, to link with each other',
    )
    .option('--id <column>', 'the column that names a record')
    .option('--truth <column>', 'the column that names the person a record is of')
    .option(
      '--settings <file>',
      'YAML with how to link (default: inferred from the columns, and printed for you to edit)',
    )
    .option('--labels <file>', 'what somebody said of some pairs, to learn from (record_a, record_b, match)')
    .option('--json', 'answer in JSON')
    .action(evaluate);
  identity
    .command('compare')
    .description('why two records of a file are one person or not: what every comparison adds to the odds')
    .option(
      '--input <file>',
      'a csv, ndjson or parquet file (also .gz); it is learned from, as hub identity evaluate does',
    )
    .option('--id <column>', 'the column that names a record')
    .option('--pair <a,b>', 'the names of the two records')
    .option('--settings <file>', 'YAML with how to link (default: inferred from the columns)')
    .option('--json', 'answer in JSON')
    .action(compare);
  identity
    .command('train')
    .description('learn a model from the records of a file, and keep it with an index of these records')
    .option('--input <file>', 'a csv, ndjson or parquet file (also .gz)')
    .option('--id <column>', 'the column that names a record')
    .option('--out <folder>', 'where to write the model, in the place of the one that may be there')
    .option('--settings <file>', 'YAML with how to link (default: inferred from the columns)')
    .option(
      '--labels <file>',
      'what somebody said of some pairs (hub identity label): needless, learned from when given',
    )
    .option('--json', 'answer in JSON')
    .action(train);
  identity
    .command('update')
    .description('take new and changed records into the index of a model, and tell whose they are')
    .option('--model <folder>', 'where hub identity train wrote the model')
    .option('--input <file>', 'the new and changed records: a csv, ndjson or parquet file (also .gz)')
    .option('--removed <file>', 'records that are no more, by the same column')
    .option('--id <column>', 'the column that names a record')
    .option('--json', 'answer in JSON, with every record whose customer is another')
    .action(update);
  addLabel(identity);
  addSql(identity);
  addCuration(identity);
}

interface CompareOptions extends Omit<EvaluateOptions, 'truth' | 'labels'> {
  readonly pair?: string;
}

async function compare(options: CompareOptions): Promise<void> {
  const [input, id] = [required(options.input, '--input'), required(options.id, '--id')];
  const [a, b, ...more] = required(options.pair, '--pair').split(',');
  if (a === undefined || b === undefined || more.length > 0) {
    throw new UsageError('--pair: give the names of two records, separated by a comma');
  }
  const settings = await linkageSettingsOf(options.settings);
  const { explainFile } = await import('../../adapters/local/identity/explain-file');
  const explained = await explainFile({ input, id, pair: [a.trim(), b.trim()], settings });
  const { waterfall } = await import('./waterfall');
  process.stdout.write(options.json === true ? `${JSON.stringify(explained)}\n` : waterfall(explained));
}

interface TrainOptions extends Omit<EvaluateOptions, 'truth'> {
  readonly out?: string;
}

async function train(options: TrainOptions): Promise<void> {
  const [input, id, out] = [
    required(options.input, '--input'),
    required(options.id, '--id'),
    required(options.out, '--out'),
  ];
  const settings = await linkageSettingsOf(options.settings);
  const { trainFile } = await import('../../adapters/local/identity/train-file');
  const training = await trainFile({ input, id, out, settings, labels: options.labels });
  const { records, customers, rounds, rules } = training;
  const summary = [
    `${records} records of ${customers} customers, learned in ${rounds} rounds: ${out}`,
    `pairs that agree on: ${rules.join('; ')}`,
    ...labelLines(training.labels),
    ...countryLines(training.settings),
    stagesOf(training.timings),
  ];
  process.stdout.write(options.json === true ? `${JSON.stringify(training)}\n` : `${summary.join('\n')}\n`);
}

interface UpdateOptions extends Pick<EvaluateOptions, 'input' | 'id' | 'json'> {
  readonly model?: string;
  readonly removed?: string;
}

async function update(options: UpdateOptions): Promise<void> {
  const question = {
    folder: required(options.model, '--model'),
    input: required(options.input, '--input'),
    id: required(options.id, '--id'),
    removed: options.removed,
  };
  const { updateFile } = await import('../../adapters/local/identity/update-file');
  const { moved, ...found } = await updateFile(question);
  const summary = [
    `${found.arrived - found.changed} new, ${found.changed} changed and ${found.removed} removed records`,
    `${found.affected} records looked at again, ${moved.length} with another customer than before`,
    stagesOf(found.timings),
  ];
  const whole = { ...found, moved };
  process.stdout.write(options.json === true ? `${JSON.stringify(whole)}\n` : `${summary.join('\n')}\n`);
}

function stagesOf(timings: Readonly<Record<string, number>>): string {
  return Object.entries(timings)
    .map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(2)} s`)
    .join(', ');
}

async function evaluate(options: EvaluateOptions): Promise<void> {
  const inputs = required(options.input, '--input').split(',');
  if (inputs.length > 2) throw new UsageError('--input: give one file, or two');
  const question = { inputs, id: required(options.id, '--id'), truth: required(options.truth, '--truth') };
  const settings = await linkageSettingsOf(options.settings);
  const { evaluateFile } = await import('../../adapters/local/identity/evaluate-file');
  const evaluation = await evaluateFile({ ...question, settings, labels: options.labels });
  process.stdout.write(options.json === true ? `${JSON.stringify(evaluation)}\n` : await report(evaluation));
}

/** Where no number says whose it is, two ways to write one cannot be known for the same. */
function countryLines({ country, fields }: Evaluation['settings']): string[] {
  if (country !== undefined || !fields.some(({ kind }) => kind === 'phone')) return [];
  return ['no phone number tells the country: set country, so that those with and without calling code can be equal'];
}

/** What was learned from labels, and which of them cannot all be right. */
function labelLines(labels: Training['labels']): string[] {
  if (labels === undefined) return [];
  const { pairs, matches, contradicting } = labels;
  const [first] = contradicting;
  return [
    `${pairs} labels learned from, ${matches} of one person`,
    ...(first === undefined
      ? []
      : [
          `warning: ${contradicting.length} labels say that two are not one person who are by way of other labels, such as ${first.join(' and ')}: look at them again`,
        ]),
  ];
}

/** Of so large a part of the true pairs told, what is measured is hardly found. */
const MUCH_TOLD = 0.1;

function truthLines({ pairs, untrue, shareOfTruth }: NonNullable<Evaluation['labels']>): string[] {
  const share = (shareOfTruth * 100).toFixed(1);
  return [
    `${untrue} of the ${pairs} labels are not what the truth says; they tell ${share} % of the true pairs`,
    ...(shareOfTruth > MUCH_TOLD
      ? ['warning: labels tell much of the truth itself, so what follows says little of records without labels']
      : []),
  ];
}

async function report({ settings, ...found }: Evaluation): Promise<string> {
  const { stringify } = await import('yaml');
  const percent = (share: number) => `${(share * 100).toFixed(2).padStart(6)} %`;
  const line = (name: string, { precision, recall, f1 }: { precision: number; recall: number; f1: number }) =>
    `${name.padEnd(22)} precision ${percent(precision)}   recall ${percent(recall)}   F1 ${percent(f1)}`;
  const stages = Object.entries(found.timings).map(([stage, seconds]) => `${stage} ${seconds.toFixed(2)} s`);
  return [
    `${found.records} records of ${found.people} people`,
    `${found.pairs.compared} pairs compared (${percent(found.pairs.blockingRecall).trim()} of the true ones), ${found.pairs.distinctVectors} different outcomes, learned in ${found.rounds} rounds`,
    ...(found.pairs.found === 0
      ? ['no two records look like one person: compare other columns, or lower settings.threshold']
      : []),
    ...found.placeholders.map(
      ({ column, value, records }) =>
        `"${value}" of ${records} records is taken for no ${column}: too many people hold it`,
    ),
    ...countryLines(settings),
    ...labelLines(found.labels),
    ...(found.labels === undefined ? [] : truthLines(found.labels)),
    ...found.rules.map(({ name, pairs }) => `${String(pairs).padStart(10)} pairs agree on ${name}`),
    line('clusters, by pairs', found.clusters),
    line('clusters, by records', found.clusters.b3),
    line('pairs', found.pairs),
    `${stages.join(', ')}; ${found.peakRssMb} MB`,
    '',
    '# settings',
    stringify(settings),
  ].join('\n');
}
