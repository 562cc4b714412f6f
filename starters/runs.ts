import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionInfo,
  type WorkflowExecutionStatusName,
  type WorkflowHandle,
} from '@temporalio/client';
import { HubError, failureMessage } from '../core/errors';
import type { searchAttributeNames } from '../core/search-attributes';
import { HUB_QUEUE } from '../core/task-queues';
import {
  runWorkflows,
  type Run,
  type RunDetails,
  type RunListQuestion,
  type RunStart,
  type RunStarted,
  type RunStatus,
} from '../schemas/runs';
import { readProgress } from './run-progress';
import { temporalPage } from './temporal-page';

/** How long a worker may take to tell how far a run is, in milliseconds; without one, nobody does. */
const PROGRESS_MS = 3_000;

const STATUSES: Readonly<Partial<Record<WorkflowExecutionStatusName, RunStatus>>> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  CONTINUED_AS_NEW: 'continued',
};

/** As Temporal's visibility names them in queries. */
const QUERIED: Readonly<Record<RunStatus, readonly string[]>> = {
  running: ['Running'],
  completed: ['Completed'],
  failed: ['Failed', 'TimedOut'],
  cancelled: ['Canceled'],
  terminated: ['Terminated'],
  continued: ['ContinuedAsNew'],
};

/** The hub's runs, the newest first; those that are part of others are not listed beside them. */
export async function listRuns(client: Client, question: RunListQuestion, uiUrl: string): Promise<Run[]> {
  const { workflow, status, limit } = question;
  const types = workflow === undefined ? runWorkflows : [workflow];
  const conditions = [
    `WorkflowType IN (${quoted(types)})`,
    'ParentWorkflowId IS NULL',
    ...(status === undefined ? [] : [`ExecutionStatus IN (${quoted(QUERIED[status])})`]),
  ];
  const runs: Run[] = [];
  for await (const info of client.workflow.list({ query: conditions.join(' AND '), pageSize: limit })) {
    runs.push(runOf(client, info, uiUrl));
    if (runs.length === limit) break;
  }
  return runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/**
 * How far a run is, and what it came to.
 *
 * @throws HubError NOT_FOUND
 */
export async function findRun(client: Client, id: string, uiUrl: string): Promise<RunDetails> {
  const handle = client.workflow.getHandle(id);
  const info = await describeRun(handle, id);
  const run = runOf(client, info, uiUrl);
  const stages = await client
    .withDeadline(Date.now() + PROGRESS_MS, () => readProgress(client, handle))
    .then((told) => (Array.isArray(told) ? told : []))
    .catch(() => []);
  return { ...run, stages, ...(run.status === 'running' ? {} : await outcomeOf(client, info)) };
}

/**
 * Starts what a person asked for; the same as runs already is joined.
 *
 * @throws HubError RUN_BUSY when another run of this kind, with other input, goes on
 */
export async function startRun(client: Client, { workflow, input }: RunStart, uiUrl: string): Promise<RunStarted> {
  const id = runId({ workflow, input } as RunStart);
  try {
    await client.workflow.start(workflow, { workflowId: id, taskQueue: HUB_QUEUE, args: [input] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    if (workflow !== 'nightly') {
      throw new HubError('RUN_BUSY', `${id} runs already: wait for its end, or cancel it`, { cause: error });
    }
  }
  return { id, ...temporalPage(client, uiUrl, 'workflows', id) };
}

/**
 * Asks a run to end; what it committed stays. One that has ended stays as it is.
 *
 * @throws HubError NOT_FOUND
 */
export async function cancelRun(client: Client, id: string): Promise<void> {
  const handle = client.workflow.getHandle(id);
  const { status } = await describeRun(handle, id);
  if (status.name !== 'RUNNING') return;
  await handle.cancel().catch((error: unknown) => {
    // It ended in this very moment.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
}

/** The id of a night tells its input, so that the same night is never run beside itself. */
export function runId(start: RunStart): string {
  switch (start.workflow) {
    case 'nightly':
      return ['nightly', start.input.date ?? 'by-hand', ...(start.input.sources ?? []).toSorted()].join('-');
    case 'recomputeMilestones':
      return 'milestones-by-hand';
    case 'redriveQuarantine':
      return `redrive-${start.input.source}`;
    case 'refreshKpis':
      return 'kpis-by-hand';
    case 'scorePropensity':
      return 'propensity-by-hand';
  }
}

async function describeRun(handle: WorkflowHandle, id: string) {
  try {
    const info = await handle.describe();
    if ((runWorkflows as readonly string[]).includes(info.type)) return info;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  throw new HubError('NOT_FOUND', `there is no run "${id}"`, { field: 'id' });
}

async function outcomeOf(
  client: Client,
  { workflowId, runId }: Pick<WorkflowExecutionInfo, 'workflowId' | 'runId'>,
): Promise<Pick<RunDetails, 'failure' | 'result'>> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
    return { result: (await handle.result()) as unknown };
  } catch (error) {
    return { failure: error instanceof WorkflowFailedError ? failureMessage(error) : String(error) };
  }
}

function runOf(client: Client, info: Omit<WorkflowExecutionInfo, 'raw'>, uiUrl: string): Run {
  const attribute = (name: (typeof searchAttributeNames)[number]) => info.searchAttributes[name]?.[0] as string;
  const businessDate = attribute('HubBusinessDate');
  const source = attribute('HubSource');
  return {
    id: info.workflowId,
    workflow: info.type,
    status: STATUSES[info.status.name] ?? 'running',
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime !== undefined && { endedAt: info.closeTime.toISOString() }),
    ...(businessDate !== undefined && { businessDate }),
    ...(source !== undefined && { source }),
    ...(info.parentExecution?.workflowId ? { parent: info.parentExecution.workflowId } : {}),
    ...temporalPage(client, uiUrl, 'workflows', info.workflowId),
  };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
