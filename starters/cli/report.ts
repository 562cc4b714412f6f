import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { messageOf } from '../../core/errors';
import { askHub } from './ask-hub';
import { runningApi } from './connection';
import { UsageError } from './usage-error';

const KINDS = [
  'journey-frequency',
  'journey-comparison',
  'journey-list',
  'similar-journeys',
  'journey-report',
] as const;

/** `hub report`: any question of the API from the shell. */
export function reportCommand(program: Command): void {
  program
    .command('report')
    .description('ask a running hub anything that its API answers, and print the answer as JSON')
    .argument('<kind>', KINDS.join(', '))
    .argument('[question]', "the question as JSON, @file, or - for standard input; see the API's /docs", '-')
    .option('--hub <folder>', 'ask this running hub (default: the telco example)')
    .action(async (kind: string, question: string, options: { readonly hub?: string }) => {
      if (!KINDS.some((known) => known === kind)) {
        throw new UsageError(`there is no report "${kind}"; there are ${KINDS.join(', ')}`);
      }
      const asked = parse(await textOf(question));
      process.stdout.write(`${JSON.stringify(await askHub(await runningApi(options.hub), kind, asked))}\n`);
    });
}

async function textOf(question: string): Promise<string> {
  if (question === '-') return text(process.stdin);
  if (!question.startsWith('@')) return question;
  return readFile(question.slice(1), 'utf8').catch((error: unknown) => {
    throw new UsageError(`cannot read the question: ${messageOf(error)}`);
  });
}

function parse(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new UsageError(`the question is not JSON: ${messageOf(error)}`);
  }
  throw new UsageError('the question is not a JSON object, such as {"event": "churn"}');
}
