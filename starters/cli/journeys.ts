import type { Command } from 'commander';
import { frequencyLimits } from '../../core/frequency/limits';
import type { JourneyFrequencyAnswer, JourneyCut } from '../../schemas/frequency';
import {
  eventsSource,
  refuseEventsOptions,
  wholeNumber,
  withEventsOptions,
  type EventsOptions,
} from './events-options';
import {
  hubFrequencyQuestion,
  refuseHubFrequencyOptions,
  withHubFrequencyOptions,
  type HubFrequencyOptions,
} from './frequency-options';
import { similarCommand } from './similar';
import { UsageError } from './usage-error';

interface FrequencyOptions extends EventsOptions, HubFrequencyOptions {
  readonly hub?: string;
  readonly end?: string;
  readonly start?: string;
  readonly steps: string;
  readonly top: string;
  readonly json?: boolean;
}

/** `hub journeys …`: the analyzers of customer journeys. */
export function journeysCommand(program: Command): void {
  const journeys = program.command('journeys').description('analyse customer journeys');
  const frequencyCommand = journeys
    .command('frequency')
    .description('the most frequent journeys to or from an event, and how often each step happens on the way')
    .option('--hub <folder>', 'ask this running hub (default: the telco example)');
  withEventsOptions(frequencyCommand)
    .option('--json', 'answer in JSON')
    .option('--end <event>', "journeys that end with a customer's first such event")
    .option('--start <event>', "journeys that start from a customer's first such event")
    .option('--steps <n>', 'the most steps of a journey, the event included (1 to 100)', '6')
    .option('--top <n>', 'how many journeys to list (1 to 1000)', '20');
  withHubFrequencyOptions(frequencyCommand).action(frequency);
  similarCommand(journeys);
}

async function frequency(options: FrequencyOptions): Promise<void> {
  if (options.events === undefined) return hubFrequency(options);
  if (options.hub !== undefined) throw new UsageError('give either --events or --hub, not both');
  refuseHubFrequencyOptions(options);
  const question = { ...frequencyQuestion(options), ...eventsSource(options, options.events) };
  const { analyzeFile } = await import('../../adapters/local/frequency/analyze-file');
  const { answer, warnings } = await analyzeFile(question);
  for (const warning of warnings) process.stderr.write(`hub: ${warning}\n`);
  await show(answer, question, options);
}

async function hubFrequency(options: FrequencyOptions): Promise<void> {
  refuseEventsOptions(options);
  const question = frequencyQuestion(options);
  const { runningApi } = await import('./connection');
  const { askHub } = await import('./ask-hub');
  const asked = { ...question, ...hubFrequencyQuestion(options) };
  await show(await askHub(await runningApi(options.hub), 'journey-frequency', asked), question, options);
}

async function show(answer: JourneyFrequencyAnswer, question: JourneyCut, { json }: FrequencyOptions): Promise<void> {
  const { terminalChart } = await import('./terminal-chart');
  process.stdout.write(json === true ? `${JSON.stringify(answer)}\n` : terminalChart(answer, question));
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
    steps: wholeNumber(steps, '--steps', [1, frequencyLimits.steps]),
    top: wholeNumber(top, '--top', [1, frequencyLimits.top]),
  };
}
