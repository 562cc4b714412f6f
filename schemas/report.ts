import { z } from 'zod';
import { similarJourneysAnswer, similarOutcome } from './similarity';

const count = z.number().int();

/** What a caller asks to know of one customer's journey. */
export const journeyReportQuestion = z
  .strictObject({
    customer: z.string().min(1).optional().describe("The hub's id of the customer."),
    profile: z
      .strictObject({ source: z.string().min(1), id: z.string().min(1) })
      .optional()
      .describe('Or the id under which a source knows the customer, such as `{"source": "crm", "id": "4711"}`.'),
    limit: z.number().int().min(1).max(1000).default(50).describe('How many steps a page of the timeline has.'),
    cursor: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe("The last page's `next`; the timeline begins with the newest step."),
    similar: z
      .strictObject({
        steps: z.number().int().min(1).max(1000).default(30).describe('How many of the last steps are compared.'),
        minSimilarity: z.number().min(0).max(1).default(0.8),
        limit: z.number().int().min(0).max(100).default(5).describe('How many of the similar customers to list.'),
      })
      .prefault({}),
    outcome: z
      .strictObject({
        event: z.string().min(1),
        withinDays: z.number().positive().max(3650).default(30),
        steps: z.number().int().min(1).max(100).default(5).describe('How many of the last steps make the point.'),
      })
      .optional()
      .describe('How often this event followed for those who once stood where the customer stands now.'),
  })
  .refine(({ customer, profile }) => (customer === undefined) !== (profile === undefined), {
    error: 'name either a customer or a profile',
    path: ['customer'],
  });

export const journeyReport = z.object({
  customer: z.string(),
  attributes: z.record(z.string(), z.string()).describe("The customer's golden record, as far as it is known."),
  profiles: z
    .array(
      z.object({
        source: z.string(),
        id: z.string().describe('The id under which the source knows the customer.'),
        rule: z.string().describe('The rule that tied it to the customer.'),
        confidence: z.number(),
      }),
    )
    .describe('Whom the sources know.'),
  timeline: z.object({
    total: count.describe('Steps of the whole journey.'),
    steps: z.array(z.object({ step: z.string(), channel: z.string(), at: z.string() })).describe('The newest first.'),
    next: count.optional().describe('The cursor of the page with older steps; absent on the last one.'),
  }),
  similar: similarJourneysAnswer.pick({ count: true, active: true, customers: true, matches: true }),
  outcome: similarOutcome.extend({ matched: count.describe('Customers who once stood at this point.') }).optional(),
  timings: z.record(z.string(), z.number()).describe('Milliseconds by stage.'),
});

export type JourneyReportQuestion = z.infer<typeof journeyReportQuestion>;
export type JourneyReportInput = z.input<typeof journeyReportQuestion>;
export type JourneyReport = z.infer<typeof journeyReport>;
