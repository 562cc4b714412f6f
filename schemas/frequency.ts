import { z } from 'zod';

/** What a caller asks of the journey frequency analyzer. */
export const journeyFrequencyQuestion = z.strictObject({
  event: z.string().min(1).describe('The event of interest, a step type such as `churn`.'),
  as: z
    .enum(['start', 'end'])
    .default('end')
    .describe("Whether journeys end with the customer's first such event, or start from it."),
  steps: z.number().int().min(1).max(100).default(6).describe('Length of a journey at most, the event included.'),
  top: z.number().int().min(1).max(1000).default(20).describe('How many of the most frequent journeys to list.'),
});

export const journeyFrequencyAnswer = z.object({
  journeys: z.array(
    z.object({
      steps: z.array(z.string()),
      count: z.number().int(),
      share: z.number().describe('Of the customers who had the event.'),
    }),
  ),
  positions: z
    .array(
      z.object({
        offset: z.number().int().describe('0 is the event of interest, -1 the step before it, 1 the step after it.'),
        step: z.string(),
        count: z.number().int(),
      }),
    )
    .describe('How often each step happened at each position, over all journeys.'),
  customers: z.number().int().describe('Customers who had the event.'),
  ignoredRows: z
    .number()
    .int()
    .optional()
    .describe('Rows of the file left out: no customer, no event, or a time that cannot be read.'),
  timings: z.record(z.string(), z.number()).describe('Milliseconds by stage.'),
});

export type JourneyFrequencyQuestion = z.infer<typeof journeyFrequencyQuestion>;
export type JourneyFrequencyAnswer = z.infer<typeof journeyFrequencyAnswer>;
