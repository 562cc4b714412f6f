import { similarityLimits } from '../../core/similarity/limits';
import type { Command } from 'commander';
import type { SimilarInFile, SimilarJourneysAnswer, StepWeights } from '../../schemas/similarity';
import {
  eventsSource,
  refuseEventsOptions,
  wholeNumber,
  withEventsOptions,
  type EventsOptions,
} from './events-options';
import { UsageError } from './usage-error';

interface SimilarOptions extends EventsOptions {
  readonly hub?: string;
  readonly customers?: string;
  readonly steps: string;
  readonly minSimilarity: string;
  readonly limit: string;
  readonly weights?: string;
  readonly json?: boolean;
}

/** `hub journeys similar`: who goes the same way as some customers. */
export function similarCommand(journeys: Command): void {
  withEventsOptions(journeys.command('similar'))
    .description('customers whose last steps are similar to those of some customers: all of them, none is missed')
    .option('--hub <folder>', 'ask this running hub (default: the telco example)')
    .option('--customers <ids>', 'the customers asked about, separated by commas')
    .option('--steps <n>', `how many of each customer's last steps to compare (1 to ${similarityLimits.steps})`, '30')
    .option('--min-similarity <x>', 'from 0, nothing in common, to 1, equal; exactly this much counts', '0.8')
    .option('--limit <n>', `how many matches to list (0 to ${similarityLimits.limit}); all are counted`, '20')
    .option(
      '--weights <file>',
      "YAML with what steps cost to leave out, and pairs of steps that are nearly the same (default: the hub's similarity.yaml; of a file, every step costs 1)",
    )
    .option('--json', 'answer in JSON')
    .action(similar);
}

async function similar(options: SimilarOptions): Promise<void> {
  const question: Question = {
    customers: customersOf(options.customers),
    steps: wholeNumber(options.steps, '--steps', [1, similarityLimits.steps]),
    minSimilarity: share(options.minSimilarity, '--min-similarity'),
    limit: wholeNumber(options.limit, '--limit', [0, similarityLimits.limit]),
    ...(options.weights === undefined ? {} : { weights: await weightsOf(options.weights) }),
  };
  const answer = options.events === undefined ? await ofHub(options, question) : await ofFile(options, question);
  process.stdout.write(options.json === true ? `${JSON.stringify(answer)}\n` : table(answer, question.minSimilarity));
}

interface Question {
  readonly customers: readonly string[];
  readonly steps: number;
  readonly minSimilarity: number;
  readonly limit: number;
  readonly weights?: StepWeights;
}

async function ofFile(options: SimilarOptions, question: Question): Promise<SimilarInFile> {
  if (options.hub !== undefined) throw new UsageError('give either --events or --hub, not both');
  const source = eventsSource(options, options.events as string);
  const { similarInFile } = await import('../../adapters/local/similarity/similar-in-file');
  const { stepWeights } = await import('../../schemas/similarity');
  const { answer, warnings } = await similarInFile({ weights: stepWeights.parse({}), ...source, ...question });
  for (const warning of warnings) process.stderr.write(`hub: ${warning}\n`);
  return answer;
}

async function ofHub(
  options: SimilarOptions,
  { customers, ...question }: Question,
): Promise<Omit<SimilarInFile, 'ignoredRows'>> {
  refuseEventsOptions(options);
  const { runningApi } = await import('./connection');
  const { askHub } = await import('./ask-hub');
  const api = await runningApi(options.hub);
  const results: SimilarInFile['results'][number][] = [];
  let others = 0;
  for (const customer of customers) {
    const answer = await askHub<SimilarJourneysAnswer>(api, 'similar-journeys', { customer, ...question });
    const matches = answer.matches.map((match) => ({ customer: match.customer, similarity: match.similarity }));
    results.push({ customer, count: answer.count, matches });
    others = answer.customers;
  }
  return { results, customers: others + 1, timings: {} };
}

function customersOf(list: string | undefined): string[] {
  const ids = (list ?? '').split(',').filter((id) => id !== '');
  if (ids.length > 0) return ids;
  throw new UsageError('name the customers asked about: --customers <id>,<id>…');
}

function share(text: string, option: string): number {
  const value = /^(0|1|0?\.[0-9]+|[01]\.[0-9]*)$/.test(text) ? Number(text) : NaN;
  if (value >= 0 && value <= 1) return value;
  throw new UsageError(`${option} ${text}: expected a number from 0 to 1`);
}

async function weightsOf(file: string): Promise<StepWeights> {
  const { stepWeights } = await import('../../schemas/similarity');
  const { readSettings } = await import('../../adapters/local/config-reader');
  return readSettings(file, stepWeights);
}

function table({ results, customers }: Pick<SimilarInFile, 'results' | 'customers'>, minSimilarity: number): string {
  const number = new Intl.NumberFormat('en');
  const others = number.format(customers - 1);
  return results
    .map(({ customer, count, matches }) => {
      const head = `${customer}: ${number.format(count)} of ${others} others are at least ${minSimilarity} similar\n`;
      return head + matches.map((match) => `  ${match.similarity.toFixed(3)}  ${match.customer}\n`).join('');
    })
    .join('\n');
}
