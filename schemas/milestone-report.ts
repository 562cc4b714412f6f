import { z } from 'zod';

const name = z.string().min(1).max(200);
const count = z.number().int();
/** A hundred years, as windows of milestones may take. */
const LONGEST_HOURS = 36_525 * 24;
const moment = z.iso.datetime({ offset: true });

/** How far customers get from milestone to milestone. */
export const milestoneFunnelQuestion = z
  .strictObject({
    milestones: z.array(name).min(2).max(10).describe('In this order, each reached no earlier than the one before.'),
    withinHours: z
      .number()
      .positive()
      .max(LONGEST_HOURS)
      .optional()
      .describe('Each at most so many hours after the one before.'),
    from: moment.optional().describe('Only customers who reached the first milestone at this time or later.'),
    until: moment.optional().describe('Only customers who reached the first milestone before this time.'),
    limit: z.number().int().min(0).max(1_000).default(20).describe('How many of those who drop off to list, by step.'),
  })
  .refine(({ milestones }) => new Set(milestones).size === milestones.length, {
    path: ['milestones'],
    error: 'expected every milestone once',
  });

export const milestoneFunnel = z.object({
  steps: z.array(
    z.object({
      milestone: z.string(),
      customers: count,
      share: z.number().nullable().describe('Of those who reached the first milestone.'),
      conversion: z.number().nullable().describe('Of those who reached the milestone before; null for the first.'),
      medianMs: z.number().nullable().describe('Median time from the milestone before, in milliseconds.'),
    }),
  ),
  dropOff: z
    .array(
      z.object({
        after: z.string(),
        before: z.string(),
        customers: count.describe('Who reached the one and not the other.'),
        list: z.array(z.string()).describe('Some of them, those first who reached it last.'),
      }),
    )
    .describe('Where customers are lost.'),
});

const milestoneCounts = z.object({
  milestone: z.string(),
  title: z.string(),
  description: z.string(),
  version: z.string(),
  from: z.enum(['lake', 'graph']).describe('What it is computed from for everybody.'),
  reached: count.describe('How often it was reached, by the last computation for everybody.'),
  customers: count.describe('By how many customers.'),
  computedAt: z.string().nullable().describe('When that was; null when it never was.'),
  awaited: count.describe('Customers who reach it if nothing is in the way until then.'),
});

export const milestoneList = z.object({
  milestones: z.array(milestoneCounts),
  problems: z.array(z.string()).describe('What is wrong with the files of others, which are not computed.'),
});

export const milestoneQuestion = z.strictObject({ milestone: name.describe('Its name.') });

export const milestoneDetails = milestoneCounts.extend({
  spec: z.record(z.string(), z.unknown()).describe('As declared; lengths of time in milliseconds.'),
  compiled: z.object({
    sql: z.string().describe('For everybody, over the lake; what runs where it is computed from there.'),
    gremlin: z.string().describe('For one customer, in the graph: the stored query that follows its changes.'),
  }),
  wokenBy: z.array(z.string()).describe('Step types whose events make the stored query run.'),
  triggered: z
    .object({
      firesPerSecond: z.number().describe('How often its stored query ran, since the minute before this one began.'),
      lastHour: z.object({
        fires: count.describe('How often its stored query ran.'),
        reached: count,
        retracted: count,
        lagMs: z.number().describe('The longest from a change of the graph until its milestones were written.'),
      }),
    })
    .describe('As the graph changes.'),
  versions: z
    .array(z.object({ version: z.string(), storedAt: z.string() }))
    .describe('The stored queries that were ever active, the oldest first.'),
  trend: z
    .array(z.object({ week: z.string().describe('Its Monday.'), reached: count }))
    .describe('How often it was reached, by week (UTC).'),
});

const ms = z.number().describe('Milliseconds after the beginning of the journey.');

/** A journey made up, to see whether a milestone would be reached. */
export const milestoneTestQuestion = z.strictObject({
  journey: z
    .string()
    .min(1)
    .max(20_000)
    .describe('Events with their channel and time, such as `bill_shock@0d, call_center/phone@2d12h`.'),
});

export const milestoneTest = z.object({
  reached: z.array(ms).describe('When it is reached; empty where it is not.'),
  nextDue: ms.optional().describe('When it will be, if nothing is in the way until then.'),
  conditions: z
    .array(
      z.object({
        condition: z.string(),
        fitting: z.array(ms).describe('When events that fit were; of what must not happen, when it did.'),
        kept: z.array(ms).describe('Of the moments until here, those that hold.'),
      }),
    )
    .describe('Why it is reached, or not.'),
  unnamed: z.array(z.string()).describe('Step types that do not matter to it.'),
});

export const customerPath = z.strictObject({
  customer: z.string().min(1).max(200).describe("The hub's id of the customer."),
});

/** Which of a customer's milestones; a URL has numbers as text. */
export const customerMilestonesPage = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(50).describe('How many a page has, the newest first.'),
  cursor: z.coerce.number().int().min(0).default(0).describe("The last page's `next`."),
});

export const customerMilestonesQuestion = customerPath.extend(customerMilestonesPage.shape);

export const customerMilestones = z.object({
  customer: z.string(),
  total: count.describe('How many there are on all pages.'),
  next: count.optional().describe('The cursor of the page with older ones; absent on the last one.'),
  milestones: z.array(
    z.object({
      milestone: z.string(),
      reachedAt: z.string(),
      version: z.string(),
      properties: z.record(z.string(), z.unknown()),
      evidence: z.array(
        z.object({
          step: z.string(),
          event: z.string().describe('The id of the event in the graph, or of the milestone it is made of.'),
          type: z.string(),
          channel: z.string(),
          at: z.string(),
        }),
      ),
    }),
  ),
});

export type MilestoneFunnelInput = z.input<typeof milestoneFunnelQuestion>;
export type MilestoneFunnelQuestion = z.output<typeof milestoneFunnelQuestion>;
export type MilestoneFunnel = z.infer<typeof milestoneFunnel>;
export type MilestoneList = z.infer<typeof milestoneList>;
export type MilestoneQuestion = z.infer<typeof milestoneQuestion>;
export type MilestoneDetails = z.infer<typeof milestoneDetails>;
export type CustomerMilestonesQuestion = z.input<typeof customerMilestonesQuestion>;
export type CustomerMilestones = z.infer<typeof customerMilestones>;
export type MilestoneTest = z.infer<typeof milestoneTest>;
