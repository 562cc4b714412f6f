import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { loadHub, type Hub } from '../../adapters/local/hub-folder';
import { HubError, messageOf } from '../../core/errors';
import { businessDateOf } from '../../core/nightly/business-date';
import type { JourneyCut } from '../../schemas/frequency';
import { followGraph } from '../start/follow-graph';
import { followStreams } from '../start/follow-streams';
import { startHubProcesses, type HubProcesses } from '../start/hub-processes';
import { askHub } from './ask-hub';
import { connectClient, withHubOption } from './connection';
import { ensureInput } from './ensure-input';
import { runNightly } from './run';
import { onStopSignal } from './signals';
import { terminalChart } from './terminal-chart';

interface StartOptions {
  readonly hub: string;
  readonly once?: boolean;
  readonly date?: string;
}

/** `hub start`: the whole machine, from nothing to a first answer. */
export function startCommand(program: Command): void {
  withHubOption(program.command('start'))
    .description('bring up everything the hub needs, run the night, and answer the first question')
    .option('--once', 'stop everything again after the answer')
    .option('--date <date>', 'business date of the night, YYYY-MM-DD (default: today)')
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const hub = await loadHub(options.hub);
  for (const problem of [...hub.milestones.problems, ...hub.kpis.problems]) say(`not computed: ${problem}`);
  const stopping = new AbortController();
  onStopSignal(() => stopping.abort());
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));

  try {
    await ensureInput(hub, stopping.signal);
    await run(hub, options, { stopping: stopping.signal, stopped });
  } catch (error) {
    // Whatever was cut off by the stop is not a failure.
    if (!stopping.signal.aborted) throw error;
  }
}

interface Stop {
  readonly stopping: AbortSignal;
  readonly stopped: Promise<void>;
}

async function run(hub: Hub, options: StartOptions, { stopping, stopped }: Stop): Promise<void> {
  const processes = await startHubProcesses(hub, stopping, say);
  try {
    await Promise.race([work(hub, processes, options, stopping), stopped]);
    if (options.once !== true && !stopping.aborted) {
      say('Ctrl-C stops everything that was started here.');
      await stopped;
    }
  } finally {
    if (!options.once) say('stopping');
    await processes.stop();
  }
}

async function work(hub: Hub, { addresses }: HubProcesses, options: StartOptions, signal: AbortSignal): Promise<void> {
  const client = await connectClient(addresses.temporal);
  // What waits for the server ends at once, and does not keep this process when all others are gone.
  signal.addEventListener('abort', () => void client.connection.close());
  try {
    await runNight(client, options.date ?? businessDateOf(Date.now(), hub.settings.timezone), signal);
    // Not before: what the first night loads is computed for everybody at once.
    if (options.once !== true) {
      await followGraph(client);
      await followStreams(client, hub);
    }
    const { firstQuestion } = hub.settings;
    if (firstQuestion !== undefined) await answerFirstQuestion(addresses.apiUrl, firstQuestion);
    process.stdout.write(
      `\nwebsite      ${addresses.apiUrl}\nAPI docs     ${addresses.apiUrl}/docs${addresses.temporal.uiUrl === '' ? '' : `\nTemporal UI  ${addresses.temporal.uiUrl}`}\n`,
    );
  } finally {
    await client.connection.close();
  }
}

/** Sources that failed are told, and leave the rest of the hub usable. */
async function runNight(client: Client, date: string, signal: AbortSignal): Promise<void> {
  say(`running the night of ${date}`);
  try {
    await runNightly(client, { date }, signal);
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'NIGHTLY_FAILED') throw error;
    process.exitCode = 1;
    say(`the night failed: ${messageOf(error)}`);
  }
}

/** A question that cannot be answered (nobody churned yet) leaves the hub usable. */
async function answerFirstQuestion(apiUrl: string, question: JourneyCut): Promise<void> {
  try {
    process.stdout.write(`\n${terminalChart(await askHub(apiUrl, 'journey-frequency', question), question)}\n`);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    say(`no first answer: ${error.message}`);
  }
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
