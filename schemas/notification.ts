import { z } from 'zod';

const status = z.enum(['delivering', 'delivered', 'failed', 'cancelled']);

export const notificationListQuestion = z.strictObject({
  status: status.optional().describe('Only those; `failed` are the dead letters.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('So many at most, the newest first.'),
});

/** Whole characters: halves of them are no text to Temporal. */
const workflowId = z
  .string()
  .max(1_000)
  .regex(/^\P{Cs}+$/u, 'expected text of whole characters');

export const notificationRetryInput = z.strictObject({
  ids: z.array(workflowId).min(1).max(200).optional().describe('By default all that failed.'),
});

const notificationReport = z.object({
  id: z.string().describe('Also the id of the workflow that delivers it.'),
  webhook: z.string(),
  milestone: z.string(),
  customer: z.string(),
  reachedAt: z.string(),
  state: z.enum(['reached', 'retracted']),
  status,
  startedAt: z.string(),
  closedAt: z.string().nullable(),
  attempts: z.number().int().nullable().describe('So far, while it is being delivered.'),
  problem: z.string().nullable().describe('What the last attempt came to.'),
});

export const notificationList = z.object({ notifications: z.array(notificationReport) });
export const notificationRetry = z.object({ retried: z.array(z.string()) });

export type NotificationListQuestion = z.output<typeof notificationListQuestion>;
export type NotificationReport = z.infer<typeof notificationReport>;
