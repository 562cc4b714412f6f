import { Context } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { GraphChange } from '../core/graph/elements';
import type { DeclaredMilestones } from '../core/milestones/milestone';
import { milestoneKeyOf } from '../core/milestones/milestone-id';
import {
  gatherNews,
  notificationId,
  notificationsOf,
  type Listener,
  type MilestoneState,
  type Notification,
} from '../core/milestones/notifications';
import { HUB_QUEUE } from '../core/task-queues';
import type { TriggerStore } from '../ports/trigger-store';
import type { WebhookSettings } from '../schemas/webhook';
import { inLanes } from './lanes';

export type MilestoneNews = Map<string, MilestoneState>;

/** Starts of deliveries under way at a time. */
const LANES = 20;

/**
 * Has systems told of milestones. The graph's changes are the outbox: a milestone that is in the graph is told, whoever
 * wrote it, and what is told is kept. Each delivery is a workflow of its own, named by what it tells: one that was started
 * before this process was cut off is not started again.
 */
export class MilestoneNotifier {
  private readonly listeners = new Map<string, readonly Listener[]>();

  constructor(
    private readonly store: TriggerStore,
    { milestones }: DeclaredMilestones,
    private readonly webhooks: Readonly<Record<string, WebhookSettings>>,
  ) {
    for (const { spec } of milestones) {
      const { name, notify } = spec;
      const listeners = notify.map((webhook) => ({ webhook, maximumAge: webhooks[webhook]!.maximumAge }));
      if (listeners.length > 0) this.listeners.set(name, listeners);
    }
  }

  gather(news: MilestoneNews, changes: readonly GraphChange[]): void {
    if (this.listeners.size > 0) gatherNews(news, changes);
  }

  /**
   * Begins deliveries, those of one customer to one system in the order in which they became known.
   *
   * @returns how many were begun
   */
  async tell(news: MilestoneNews, now: number, signal: AbortSignal): Promise<number> {
    const told = await this.store.told([...news.keys()], signal);
    const notifications = notificationsOf(news, told, (milestone) => this.listeners.get(milestone) ?? [], now);
    if (notifications.length === 0) return 0;
    await inLanes(inOrderOfCustomers(notifications), LANES, async (own) => {
      for (const notification of own) {
        signal.throwIfAborted();
        await this.deliver(notification);
      }
    });
    await this.store.setTold(notifications, signal);
    return notifications.length;
  }

  private async deliver(notification: Notification): Promise<void> {
    const { giveUpAfter } = this.webhooks[notification.webhook]!;
    try {
      await Context.current().client.workflow.start('deliverNotification', {
        workflowId: notificationId(notification),
        taskQueue: HUB_QUEUE,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        args: [{ notification, giveUpAfterMs: giveUpAfter }],
        memo: { notification, giveUpAfterMs: giveUpAfter },
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}

/** Notifications by customer and system: what is told of one after the other must not be told at the same time. */
function inOrderOfCustomers(notifications: readonly Notification[]): Notification[][] {
  const groups = new Map<string, Notification[]>();
  for (const notification of notifications) {
    const key = `${notification.webhook}/${milestoneKeyOf(notification.milestoneId).customerId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [notification]);
    else group.push(notification);
  }
  return [...groups.values()];
}
