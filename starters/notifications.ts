import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionInfo,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { HubError, failureMessage } from '../core/errors';
import { milestoneKeyOf } from '../core/milestones/milestone-id';
import type { Notification } from '../core/milestones/notifications';
import { HUB_QUEUE } from '../core/task-queues';
import type { NotificationListQuestion, NotificationReport } from '../schemas/notification';

const WORKFLOW = 'deliverNotification';
const STATUS_QUERIES: Readonly<Record<NotificationReport['status'], string>> = {
  delivering: "ExecutionStatus = 'Running'",
  delivered: "ExecutionStatus = 'Completed'",
  failed: "ExecutionStatus IN ('Failed', 'TimedOut')",
  cancelled: "ExecutionStatus IN ('Canceled', 'Terminated')",
};
/** How many dead letters are taken up again by one call that names none. */
const MOST_RETRIED = 200;

/** What the workflow of a delivery keeps beside its history, so that a list has it at hand. */
interface DeliveryMemo extends Record<string, unknown> {
  readonly notification: Notification;
  readonly giveUpAfterMs: number;
}

/** What webhooks were told, are being told, and could not be told, the newest first. */
export async function listNotifications(
  client: Client,
  { status, limit }: NotificationListQuestion,
): Promise<NotificationReport[]> {
  const reports: NotificationReport[] = [];
  const condition = status === undefined ? '' : ` AND ${STATUS_QUERIES[status]}`;
  for await (const run of client.workflow.list({ query: `WorkflowType = '${WORKFLOW}'${condition}` })) {
    const report = await reportOf(client, run);
    if (report !== undefined) reports.push(report);
    if (reports.length === limit) break;
  }
  return reports;
}

/**
 * Delivers again what could not be delivered: these, or all dead letters.
 *
 * @throws HubError NOT_FOUND, NOTIFICATION_NOT_FAILED
 */
export async function retryNotifications(client: Client, ids?: readonly string[]): Promise<string[]> {
  const failed =
    ids ?? (await listNotifications(client, { status: 'failed', limit: MOST_RETRIED })).map(({ id }) => id);
  for (const id of failed) await retry(client, id);
  return [...failed];
}

async function retry(client: Client, workflowId: string): Promise<void> {
  const notFound = () =>
    new HubError('NOT_FOUND', `ids: there is no notification "${workflowId}"; hub notifications list tells them`, {
      field: 'ids',
    });
  try {
    const { type, memo } = await client.workflow.getHandle(workflowId).describe();
    if (type !== WORKFLOW) throw notFound();
    await client.workflow.start(WORKFLOW, {
      workflowId,
      taskQueue: HUB_QUEUE,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      args: [memo as DeliveryMemo],
      memo: memo ?? {},
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw notFound();
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new HubError('NOTIFICATION_NOT_FAILED', `ids: "${workflowId}" has not failed: it was or is being delivered`, {
      field: 'ids',
      cause: error,
    });
  }
}

/** Of a run that another has taken over from, nothing. */
async function reportOf(client: Client, run: WorkflowExecutionInfo): Promise<NotificationReport | undefined> {
  const handle = client.workflow.getHandle(run.workflowId);
  const now = await handle.describe();
  if (now.runId !== run.runId) return undefined;
  const { webhook, milestoneId, state } = (now.memo as DeliveryMemo).notification;
  const { milestone, customerId: customer, reachedAt } = milestoneKeyOf(milestoneId);
  const [pending] = now.raw.pendingActivities ?? [];
  const status = statusOf(now.status.name);
  const problem = status === 'failed' ? await failureOf(handle.result()) : pending?.lastFailure?.message;
  return {
    id: run.workflowId,
    webhook,
    milestone,
    customer,
    reachedAt: new Date(reachedAt).toISOString(),
    state,
    status,
    startedAt: now.startTime.toISOString(),
    closedAt: now.closeTime?.toISOString() ?? null,
    attempts: pending?.attempt ?? null,
    problem: problem ?? null,
  };
}

function statusOf(name: WorkflowExecutionStatusName): NotificationReport['status'] {
  if (name === 'RUNNING') return 'delivering';
  if (name === 'COMPLETED') return 'delivered';
  return name === 'CANCELLED' || name === 'TERMINATED' ? 'cancelled' : 'failed';
}

async function failureOf(result: Promise<unknown>): Promise<string | undefined> {
  return result.then(() => undefined, failureMessage);
}
