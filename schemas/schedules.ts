import { z } from 'zod';

const time = z.string().describe('An ISO time, UTC.');

const schedule = z.object({
  id: z.string(),
  workflow: z.string().describe('What it starts.'),
  zone: z.string().describe('The time zone in which its times are meant.'),
  paused: z.boolean(),
  note: z.string().optional().describe('Why it is paused, where somebody said so.'),
  next: z.array(time).describe('When it starts next; empty while it is paused.'),
  last: z.array(z.object({ id: z.string(), at: time })).describe('What it started, the newest first.'),
  url: z.string().optional().describe('Where the Temporal UI shows it.'),
});

export const scheduleList = z.object({ schedules: z.array(schedule) });
export const schedulePath = z.strictObject({ id: z.string().min(1).max(1_000) });
export const scheduleChange = z.strictObject({
  paused: z.boolean(),
  note: z.string().min(1).max(1_000).optional().describe('Why; it is shown in the Temporal UI, too.'),
});

export type Schedule = z.infer<typeof schedule>;
export type ScheduleChange = z.infer<typeof scheduleChange>;
