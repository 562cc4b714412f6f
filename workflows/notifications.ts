import { proxyActivities, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { milestoneKeyOf } from '../core/milestones/milestone-id';
import type { Delivered, createNotificationActivities } from '../activities/notifications';
import type { Notification } from '../core/milestones/notifications';
import { NOTIFICATIONS_QUEUE } from '../core/task-queues';
import { searchAttributes } from './search-attributes';

export interface DeliverNotificationInput {
  readonly notification: Notification;
  /** How long to try again. */
  readonly giveUpAfterMs: number;
}

/**
 * Tells a system that a customer reached a milestone, or that it was taken back, and tries again until it takes it. One
 * that refuses, or cannot be reached for too long, leaves a failed workflow: the dead letter, which
 * `hub notifications retry` takes up again.
 */
export async function deliverNotification({
  notification,
  giveUpAfterMs,
}: DeliverNotificationInput): Promise<Delivered> {
  const { deliverNotification: deliver } = proxyActivities<ReturnType<typeof createNotificationActivities>>({
    taskQueue: NOTIFICATIONS_QUEUE,
    startToCloseTimeout: '2m',
    scheduleToCloseTimeout: giveUpAfterMs,
    retry: { initialInterval: '1s', maximumInterval: '10m', backoffCoefficient: 2 },
  });
  upsertSearchAttributes(searchAttributes('notifications'));
  const { webhook, milestoneId, state } = notification;
  const { milestone, customerId } = milestoneKeyOf(milestoneId);
  setCurrentDetails(`telling ${webhook} that ${customerId} ${told(state, milestone)}`);
  const delivered = await deliver(notification);
  setCurrentDetails(`${webhook} was told that ${customerId} ${told(state, milestone)}`);
  return delivered;
}

function told(state: Notification['state'], milestone: string): string {
  return state === 'reached' ? `reached ${milestone}` : `did not reach ${milestone} after all`;
}
