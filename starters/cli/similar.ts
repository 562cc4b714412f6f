import type { Command } from 'commander';
import { similarityLimits, type SimilarInFile, type StepWeights } from '../../schemas/similarity';
import { eventsSource, wholeNumber, withEventsOptions, type EventsOptions } from './events-options';
import { UsageError } from './usage-error';

interface SimilarOptions extends EventsOptions {
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
    .option('--customers <ids>', 'the customers asked about, separated by commas')
    .option('--steps <n>', `how many of each customer's last steps to compare (1 to ${similarityLimits.steps})`, '30')
    .option('--min-similarity <x>', 'from 0, nothing in common, to 1, equal; exactly this much counts', '0.8')
    .option('--limit <n>', `how many matches to list (0 to ${similarityLimits.limit}); all are counted`, '20')
    .option('--weights <file>', 'YAML with what steps cost to leave out, and pairs of steps that are nearly the same')
    .option('--json', 'answer in JSON')
    .action(similar);
}

async function similar(options: SimilarOptions): Promise<void> {
  if (options.events === undefined) throw new UsageError('name a file of events: --events <file>');
  const question = {
    ...eventsSource(options, options.events),
    customers: customersOf(options.customers),
    steps: wholeNumber(options.steps, '--steps', [1, similarityLimits.steps]),
    minSimilarity: share(options.minSimilarity, '--min-similarity'),
    limit: wholeNumber(options.limit, '--limit', [0, similarityLimits.limit]),
    weights: await weightsOf(options.weights),
  };
  const { similarInFile } = await import('../../adapters/local/similarity/similar-in-file');
  const { answer, warnings } = await similarInFile(question);
  for (const warning of warnings) process.stderr.write(`hub: ${warning}\n`);
  process.stdout.write(options.json === true ? `${JSON.stringify(answer)}\n` : table(answer, question.minSimilarity));
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

async function weightsOf(file: string | undefined): Promise<StepWeights> {
  const { stepWeights } = await import('../../schemas/similarity');
  if (file === undefined) return stepWeights.parse({});
  const { readSettings } = await import('../../adapters/local/config-reader');
  return readSettings(file, stepWeights);
}

function table({ results, customers }: SimilarInFile, minSimilarity: number): string {
  const number = new Intl.NumberFormat('en');
  const others = number.format(customers - 1);
  return results
    .map(({ customer, count, matches }) => {
      const head = `${customer}: ${number.format(count)} of ${others} others are at least ${minSimilarity} similar\n`;
      return head + matches.map((match) => `  ${match.similarity.toFixed(3)}  ${match.customer}\n`).join('');
    })
    .join('\n');
}
