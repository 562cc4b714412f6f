import type { Command } from 'commander';
import type { FileQuestion } from '../../adapters/local/frequency/analyze-file';
import { frequencyLimits } from '../../core/frequency/limits';
import type { JourneyFrequencyAnswer, JourneyCut } from '../../schemas/frequency';
import { UsageError } from './usage-error';

interface FrequencyOptions {
  readonly hub?: string;
  readonly events?: string;
  readonly format?: string;
  readonly customerCol?: string;
  readonly timeCol?: string;
  readonly eventCol?: string;
  readonly end?: string;
  readonly start?: string;
  readonly steps: string;
  readonly top: string;
  readonly threads?: string;
  readonly json?: boolean;
}

const MOST_THREADS = 1024;

/** `hub journeys …`: the analyzers of customer journeys. */
export function journeysCommand(program: Command): void {
  const journeys = program.command('journeys').description('analyse customer journeys');
  journeys
    .command('frequency')
    .description('the most frequent journeys to or from an event, and how often each step happens on the way')
    .option('--hub <folder>', 'ask this running hub (default: the telco example)')
    .option('--events <file>', 'ask of a file instead, without engines: csv, ndjson or parquet, also with .gz')
    .option('--format <format>', "csv, ndjson or parquet (default: by the file's name)")
    .option('--customer-col <column>', 'the column that says who')
    .option('--time-col <column>', 'the column that says when: timestamps, dates, ISO 8601 text or epoch numbers')
    .option('--event-col <column>', 'the column that says what')
    .option('--end <event>', "journeys that end with a customer's first such event")
    .option('--start <event>', "journeys that start from a customer's first such event")
    .option('--steps <n>', 'the most steps of a journey, the event included (1 to 100)', '6')
    .option('--top <n>', 'how many journeys to list (1 to 1000)', '20')
    .option('--threads <n>', 'threads to use (default: all cores)')
    .option('--json', 'answer in JSON')
    .action(frequency);
}

async function frequency(options: FrequencyOptions): Promise<void> {
  if (options.events === undefined) return hubFrequency(options);
  const question = fileQuestion(options, options.events);
  const { analyzeFile } = await import('../../adapters/local/frequency/analyze-file');
  const { answer, warnings } = await analyzeFile(question);
  for (const warning of warnings) process.stderr.write(`hub: ${warning}\n`);
  await show(answer, question, options);
}

async function hubFrequency(options: FrequencyOptions): Promise<void> {
  const question = frequencyQuestion(options);
  const { exampleHub, findRunningHub } = await import('./connection');
  const { loadHub } = await import('../../adapters/local/hub-folder');
  const { askJourneyFrequency } = await import('./ask-hub');
  const { apiUrl } = await findRunningHub(await loadHub(options.hub ?? process.env['HUB_FOLDER'] ?? exampleHub));
  await show(await askJourneyFrequency(apiUrl, question), question, options);
}

async function show(answer: JourneyFrequencyAnswer, question: JourneyCut, { json }: FrequencyOptions): Promise<void> {
  const { terminalChart } = await import('./terminal-chart');
  process.stdout.write(json === true ? `${JSON.stringify(answer)}\n` : terminalChart(answer, question));
}

function fileQuestion(options: FrequencyOptions, file: string): FileQuestion {
  const format = options.format;
  if (format !== undefined && format !== 'csv' && format !== 'ndjson' && format !== 'parquet') {
    throw new UsageError(`--format ${format}: expected csv, ndjson or parquet`);
  }
  return {
    ...frequencyQuestion(options),
    file,
    columns: {
      customer: required(options.customerCol, '--customer-col'),
      time: required(options.timeCol, '--time-col'),
      event: required(options.eventCol, '--event-col'),
    },
    ...(format === undefined ? {} : { format }),
    ...(options.threads === undefined ? {} : { threads: wholeNumber(options.threads, '--threads', MOST_THREADS) }),
  };
}

function frequencyQuestion({ end, start, steps, top }: FrequencyOptions): JourneyCut {
  if (end !== undefined && start !== undefined) throw new UsageError('give either --end or --start, not both');
  const event = end ?? start;
  if (event === undefined || event === '') {
    throw new UsageError(
      'name the event of interest: --end <event> for journeys to it, or --start <event> for journeys from it',
    );
  }
  return {
    event,
    as: end === undefined ? 'start' : 'end',
    steps: wholeNumber(steps, '--steps', frequencyLimits.steps),
    top: wholeNumber(top, '--top', frequencyLimits.top),
  };
}

function required(value: string | undefined, option: string): string {
  if (value === undefined || value === '')
    throw new UsageError(`${option} is missing; see hub journeys frequency --help`);
  return value;
}

/** A number from 1 to `most`; `1e1`, ` 5` and `0x5` are typing errors rather than numbers. */
function wholeNumber(text: string, option: string, most: number): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (value >= 1 && value <= most) return value;
  throw new UsageError(`${option} ${text}: expected a whole number from 1 to ${most}`);
}
