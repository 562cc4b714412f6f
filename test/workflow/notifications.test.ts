import { randomBytes } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { FailureInterceptor } from '../../activities/failures';
import { createNotificationActivities } from '../../activities/notifications';
import { HttpWebhooks } from '../../adapters/webhooks/http-webhooks';
import { milestoneId } from '../../core/milestones/milestone-id';
import { notificationId, type Notification } from '../../core/milestones/notifications';
import { HUB_QUEUE, NOTIFICATIONS_QUEUE } from '../../core/task-queues';
import type { Graph } from '../../ports/graph';
import { webhook } from '../../schemas/webhook';
import { listNotifications, retryNotifications } from '../../starters/notifications';
import { bundleWorkflows, startTestTemporal } from '../support/temporal';
import { WebhookReceiver } from '../support/webhook-receiver';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let receiver: WebhookReceiver;
beforeAll(async () => {
  [environment, bundle] = await Promise.all([startTestTemporal(), bundleWorkflows()]);
}, 60_000);
afterAll(() => environment?.teardown());
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(() => receiver.stop());

/** A milestone as the graph tells it. */
const IN_GRAPH = new Map<string, unknown>([
  [
    'milestone',
    new Map<string, unknown>([
      ['id', 'm'],
      ['type', 'milestone:churned'],
      ['channel', 'milestone'],
      ['ts', 1n],
      ['name', 'churned'],
    ]),
  ],
  ['evidence', []],
]);

async function withDeliveries(work: () => Promise<void>, inGraph: readonly unknown[] = [IN_GRAPH]): Promise<void> {
  const crm = webhook.parse({ url: receiver.url, secretVariable: 'CRM_SECRET' });
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const webhooks = new HttpWebhooks({ webhooks: { crm }, hub: 'test', environment: { CRM_SECRET: secret } });
  const graph = { query: async () => inGraph } as unknown as Graph;
  const connection = environment.nativeConnection;
  const workflows = await Worker.create({ connection, taskQueue: HUB_QUEUE, workflowBundle: bundle });
  const activities = await Worker.create({
    connection,
    taskQueue: NOTIFICATIONS_QUEUE,
    activities: createNotificationActivities({ graph, webhooks }),
    interceptors: { activity: [() => ({ inbound: new FailureInterceptor() })] },
  });
  await workflows.runUntil(() => activities.runUntil(work));
}

let count = 0;
function somethingNew(state: Notification['state'] = 'reached'): Notification {
  return { webhook: 'crm', milestoneId: milestoneId('churned', `c${++count}`, Date.UTC(2026, 0, 1)), state, times: 1 };
}

function deliver(notification: Notification, giveUpAfterMs = 86_400_000): Promise<unknown> {
  const input = { notification, giveUpAfterMs };
  return environment.client.workflow.execute('deliverNotification', {
    workflowId: notificationId(notification),
    taskQueue: HUB_QUEUE,
    args: [input],
    memo: input,
  });
}

const list = (status?: 'failed' | 'delivered') =>
  listNotifications(environment.client, { limit: 50, ...(status === undefined ? {} : { status }) });

/** The server tells of what ended a moment after it did. */
async function listed(id: string, status: 'failed' | 'delivered') {
  for (;;) {
    const found = (await list(status)).find((report) => report.id === id);
    if (found !== undefined) return found;
  }
}

describe('a notification', () => {
  it('is delivered, and what it was is listed', async () => {
    await withDeliveries(async () => {
      const notification = somethingNew();
      expect(await deliver(notification)).toEqual({ outcome: 'delivered', status: 204 });
      const [request] = receiver.received;
      const { customerId } = { customerId: `c${count}` };
      expect(JSON.parse(request!.body)).toMatchObject({
        type: 'org.journeyhub.milestone.reached',
        subject: customerId,
        data: { milestone: 'churned', customer: customerId, reachedAt: '2026-01-01T00:00:00.000Z', evidence: [] },
      });
      expect(await listed(notificationId(notification), 'delivered')).toMatchObject({
        webhook: 'crm',
        milestone: 'churned',
        customer: customerId,
        reachedAt: '2026-01-01T00:00:00.000Z',
        state: 'reached',
        problem: null,
      });
    });
  });

  it('is told again until it is taken, as the same event', async () => {
    await withDeliveries(async () => {
      const answers = [503, 500];
      receiver.answer = (response) => response.writeHead(answers.pop() ?? 202).end();
      expect(await deliver(somethingNew())).toEqual({ outcome: 'delivered', status: 202 });
      expect(receiver.received).toHaveLength(3);
      expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    });
  });

  it('that a receiver will not have is a dead letter at once, which can be told again once that is mended', async () => {
    await withDeliveries(async () => {
      receiver.answer = (response) => response.writeHead(404).end();
      const notification = somethingNew();
      const id = notificationId(notification);
      await expect(deliver(notification)).rejects.toThrow();
      expect(receiver.received).toHaveLength(1);
      const { problem } = await listed(id, 'failed');
      expect(problem).toContain('answered 404');
      receiver.answer = (response) => response.writeHead(204).end();
      expect(await retryNotifications(environment.client)).toEqual([id]);
      await environment.client.workflow.getHandle(id).result();
      expect(receiver.received).toHaveLength(2);
      await listed(id, 'delivered');
      expect(await list('failed')).toEqual([]);
    });
  });

  it('that nobody takes is given up in its time', async () => {
    await withDeliveries(async () => {
      receiver.answer = (response) => response.writeHead(503).end();
      const notification = somethingNew();
      // The next try would be a second later.
      await expect(deliver(notification, 900)).rejects.toThrow();
      const { problem } = await listed(notificationId(notification), 'failed');
      expect(problem).toContain('answered 503');
      expect(receiver.received).toHaveLength(1);
    });
  });

  it('of something that was taken back meanwhile is not told', async () => {
    await withDeliveries(async () => {
      expect(await deliver(somethingNew())).toEqual({ outcome: 'superseded' });
      expect(receiver.received).toEqual([]);
    }, []);
  });

  it('that something was taken back says so, though it is in the graph no more', async () => {
    await withDeliveries(async () => {
      await deliver(somethingNew('retracted'));
      expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ type: 'org.journeyhub.milestone.retracted' });
    }, []);
  });

  it('that was delivered is not told again, and one that nobody knows is said to be unknown', async () => {
    await withDeliveries(async () => {
      const notification = somethingNew();
      await deliver(notification);
      const again = retryNotifications(environment.client, [notificationId(notification)]);
      await expect(again).rejects.toMatchObject({ code: 'NOTIFICATION_NOT_FAILED' });
      const unknown = retryNotifications(environment.client, ['crm/nothing/1']);
      await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'ids' });
      expect(receiver.received).toHaveLength(1);
    });
  });
});
