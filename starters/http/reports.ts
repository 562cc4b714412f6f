import { createHash } from 'node:crypto';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { HubError } from '../../core/errors';
import { HUB_QUEUE } from '../../core/task-queues';

/** A workflow that answers a question about the data of one lake revision. */
export interface ReportRequest {
  /** The workflow's type; its name in kebab case begins the report's id. */
  readonly workflow: string;
  readonly kind: string;
  /** With every default filled in, so that equal questions are equal whichever way they were put. */
  readonly question: object;
  readonly dataRevision: string;
  readonly lakeVersion: number;
}

export type ReportState<Answer> =
  | { readonly status: 'done'; readonly id: string; readonly answer: Answer }
  | { readonly status: 'running'; readonly id: string };

function withSortedKeys(_key: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

/** The same question about the same data is the same report. */
export function reportId({ kind, question, dataRevision }: ReportRequest): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([question, dataRevision], withSortedKeys))
    .digest('hex')
    .slice(0, 24);
  return `${kind}-${digest}`;
}

/**
 * Starts the report's workflow, or finds the one that answered or is answering the same question, and waits for it.
 *
 * @param waitMs how long to wait before the caller is told to come back
 * @throws HubError as the workflow failed with
 */
export async function askReport<Answer>(
  client: Client,
  request: ReportRequest,
  waitMs: number,
): Promise<ReportState<Answer>> {
  const id = reportId(request);
  try {
    await reach(client, () =>
      client.workflow.start(request.workflow, {
        workflowId: id,
        taskQueue: HUB_QUEUE,
        args: [{ question: request.question, lakeVersion: request.lakeVersion }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  } catch (error) {
    // It has been answered before.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return settle<Answer>(client, id, waitMs);
}

/** @throws HubError NOT_FOUND when there is no such report */
export async function findReport<Answer>(client: Client, id: string, waitMs: number): Promise<ReportState<Answer>> {
  try {
    return await settle<Answer>(client, id, waitMs);
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? noReport(id) : error;
  }
}

function noReport(id: string): HubError {
  return new HubError('NOT_FOUND', `there is no report "${id}"`);
}

/**
 * Calls a report off. One that is answered, or was called off before, stays as it is.
 *
 * @throws HubError NOT_FOUND when there is no such report
 */
export async function cancelReport(client: Client, id: string): Promise<void> {
  const handle = client.workflow.getHandle(id);
  try {
    if (!(await isRunning(client, id))) return;
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? noReport(id) : error;
  }
  await reach(client, () => handle.cancel()).catch((error: unknown) => {
    // It was answered in this very moment.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
}

/** A server that does not answer in this time is taken for gone, in milliseconds. */
const REACH_MS = 5_000;

/** @throws HubError TEMPORAL_UNAVAILABLE */
async function reach<T>(client: Client, call: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + REACH_MS, call);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (![error, cause].some((one) => isGrpcDeadlineError(one) || isUnavailable(one))) throw error;
    throw new HubError('TEMPORAL_UNAVAILABLE', 'the Temporal server does not answer; try again in a moment', {
      retryable: true,
      cause: error,
    });
  }
}

function isUnavailable(error: unknown): boolean {
  return isGrpcServiceError(error) && error.code === GRPC_UNAVAILABLE;
}

const GRPC_UNAVAILABLE = 14;

async function isRunning(client: Client, id: string): Promise<boolean> {
  const { status } = await reach(client, () => client.workflow.getHandle(id).describe());
  return status.name === 'RUNNING';
}

async function settle<Answer>(client: Client, id: string, waitMs: number): Promise<ReportState<Answer>> {
  if (waitMs === 0 && (await isRunning(client, id))) return { status: 'running', id };
  const handle = client.workflow.getHandle(id);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(waitMs, 1));
  });
  try {
    const result = handle.result().then((answer) => ({ answer: answer as Answer }));
    // Should the time run out first, nobody is left to hear of a failure.
    result.catch(() => undefined);
    const settled = await Promise.race([result, timeout]);
    return settled === undefined ? { status: 'running', id } : { status: 'done', id, answer: settled.answer };
  } catch (error) {
    throw hubErrorOf(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The hub's error that a workflow failed with, as its activity threw it. */
function hubErrorOf(error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  if (error.cause instanceof CancelledFailure)
    return new HubError('REPORT_CANCELLED', 'the report was called off', { cause: error });
  let cause: unknown = error.cause;
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause !== undefined)
    cause = cause.cause;
  if (!(cause instanceof ApplicationFailure)) return error;
  const field = (cause.details?.[0] as { field?: string } | undefined)?.field;
  return new HubError(cause.type ?? 'INTERNAL', cause.message, {
    cause: error,
    ...(field === undefined ? {} : { field }),
  });
}
