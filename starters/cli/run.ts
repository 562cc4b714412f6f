import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Command } from 'commander';
import { HubError, failureMessage } from '../../core/errors';
import { HUB_QUEUE } from '../../core/task-queues';
import type { NightlyInput } from '../../schemas/nightly';
import type { RunStart } from '../../schemas/runs';
import { runId } from '../runs';
import { connectHub, withHubOption } from './connection';
import { followNightly } from './nightly-progress';

/** What a nightly returns, as far as the terminal shows it. */
export interface NightlyOutcome {
  readonly businessDate: string;
  readonly customers: number;
  readonly journeys: number;
}

/** `hub run nightly`: runs a night by hand and shows how it goes. */
export function runCommand(program: Command): void {
  const run = program.command('run').description('run a workflow by hand');
  withHubOption(run.command('nightly'))
    .description(
      'ingest what is new, load the graph, resolve identities, encode journeys, refresh KPIs, compute milestones',
    )
    .option('--date <date>', 'business date, YYYY-MM-DD; files dated later are left for later (default: today)')
    .option('--sources <names>', 'only these sources, separated by commas')
    .action(async (options: { hub: string; date?: string; sources?: string }) => {
      const { client } = await connectHub(options.hub);
      try {
        const outcome = await runNightly(client, {
          ...(options.date === undefined ? {} : { date: options.date }),
          ...(options.sources === undefined ? {} : { sources: options.sources.split(',').map((name) => name.trim()) }),
        });
        process.stdout.write(`${JSON.stringify(outcome)}\n`);
      } finally {
        await client.connection.close();
      }
    });
  withHubOption(run.command('propensity'))
    .description('ask every deployed model of all customers, as a night does')
    .option('--models <names>', 'only these models, separated by commas')
    .action(async ({ hub, models }: { hub: string; models?: string }) => {
      const input = models === undefined ? {} : { models: models.split(',').map((name) => name.trim()) };
      await runByHand(hub, { workflow: 'scorePropensity', input });
    });
  withHubOption(run.command('redrive'))
    .description('read again what was refused of a source, by its mapping as it is now')
    .requiredOption('--source <name>', 'whose rows')
    .option('--reason <text>', 'only rows that were refused for this reason, as GET /v1/quarantine tells it')
    .action(async ({ hub, ...input }: { hub: string; source: string; reason?: string }) => {
      await runByHand(hub, { workflow: 'redriveQuarantine', input });
    });
  withHubOption(run.command('milestones'))
    .description('compute for everybody who reached which milestone, where the spec or the data changed')
    .option('--names <names>', 'only these milestones, separated by commas')
    .option('--full', 'also where nothing changed')
    .option('--from <date>', 'replace only what was reached on this day, YYYY-MM-DD, or later')
    .option('--to <date>', 'replace only what was reached on this day or earlier')
    .option('--dry-run', 'say what it would come to, and change nothing')
    .action(runMilestones);
}

interface MilestonesOptions {
  readonly hub: string;
  readonly names?: string;
  readonly full?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
}

async function runMilestones({ hub, names, full, dryRun, ...days }: MilestonesOptions): Promise<void> {
  const input = {
    ...days,
    ...(names === undefined ? {} : { milestones: names.split(',').map((name) => name.trim()) }),
    mode: full === true ? 'full' : 'changed',
    dryRun: dryRun === true,
  } as const;
  await runByHand(hub, { workflow: 'recomputeMilestones', input });
}

/** Runs a workflow to its end, and prints what it returns. */
export async function runByHand(hub: string, start: RunStart): Promise<void> {
  const { client } = await connectHub(hub);
  try {
    const options = { workflowId: runId(start), taskQueue: HUB_QUEUE, args: [start.input] };
    const outcome: unknown = await client.workflow.execute(start.workflow, options);
    process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new HubError('RUN_FAILED', failureMessage(error), { cause: error });
  } finally {
    await client.connection.close();
  }
}

/**
 * Runs a nightly to its end, joining the one with the same input should it be running, which it says.
 *
 * @throws HubError NIGHTLY_FAILED with what went wrong
 */
export async function runNightly(client: Client, input: NightlyInput, signal?: AbortSignal): Promise<NightlyOutcome> {
  const handle = await startOrJoin(client, input);
  await followNightly(client, handle, signal);
  try {
    return (await handle.result()) as NightlyOutcome;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new HubError('NIGHTLY_FAILED', failureMessage(error), { cause: error });
  }
}

async function startOrJoin(client: Client, input: NightlyInput): Promise<WorkflowHandle> {
  const workflowId = runId({ workflow: 'nightly', input });
  try {
    return await client.workflow.start('nightly', { workflowId, taskQueue: HUB_QUEUE, args: [input] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    process.stderr.write(`joining ${workflowId}, which runs already\n`);
    return client.workflow.getHandle(workflowId);
  }
}
