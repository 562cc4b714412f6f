import { OF_MILESTONE } from '../core/milestones/gremlin/reaction-gremlin';
import { readMilestone } from '../core/milestones/gremlin/read-milestone';
import { milestoneKeyOf } from '../core/milestones/milestone-id';
import { notificationId, type Notification } from '../core/milestones/notifications';
import type { Graph } from '../ports/graph';
import type { OutgoingEvent, Webhooks } from '../ports/webhooks';
import { cancellation } from './context';

export interface Delivered {
  /** `superseded`: the milestone was taken back before anybody was told that it was reached. */
  readonly outcome: 'delivered' | 'superseded';
  /** What the receiver answered. */
  readonly status?: number;
}

/** Names the kinds of events that systems are told of milestones. */
const TYPE_PREFIX = 'org.journeyhub.milestone.';

export function createNotificationActivities({ graph, webhooks }: { graph: Graph; webhooks: Webhooks }) {
  return {
    /** Tells a system of a milestone, once; the milestone is told as the graph has it now. */
    async deliverNotification(notification: Notification): Promise<Delivered> {
      const signal = cancellation();
      const event = await eventOf(graph, notification, signal);
      if (event === undefined) return { outcome: 'superseded' };
      return { outcome: 'delivered', status: await webhooks.tell(notification.webhook, event, signal) };
    },
  };
}

async function eventOf(
  graph: Graph,
  notification: Notification,
  signal: AbortSignal,
): Promise<OutgoingEvent | undefined> {
  const { milestoneId, state } = notification;
  const { milestone, customerId, reachedAt } = milestoneKeyOf(milestoneId);
  const event = {
    id: encodeURI(notificationId(notification)),
    type: `${TYPE_PREFIX}${state}`,
    subject: customerId,
    time: reachedAt,
  };
  const key = { milestone, customer: customerId, reachedAt: new Date(reachedAt).toISOString() };
  if (state === 'retracted') return { ...event, data: key };
  const [found] = await graph.query(OF_MILESTONE, { milestone: milestoneId }, signal);
  if (found === undefined) return undefined;
  const { version, properties, evidence } = readMilestone(found);
  return { ...event, data: { ...key, version, properties, evidence } };
}
