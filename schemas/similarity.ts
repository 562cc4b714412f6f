import { z } from 'zod';

const stepType = z.string().min(1);
const count = z.number().int();

/** How much steps differ, for the comparison of journeys; what is left out costs 1. */
export const stepWeights = z
  .strictObject({
    pairs: z
      .array(z.strictObject({ steps: z.tuple([stepType, stepType]), cost: z.number().min(0).max(1) }))
      .max(10_000)
      .default([])
      .describe('Steps that may be taken for one another at less than full cost.'),
    steps: z
      .record(stepType, z.number().min(0.05).max(1))
      .default({})
      .describe('What leaving a step out, or putting it in, costs.'),
  })
  .describe('How much steps differ; what is left out costs 1.');

const MOST_STEPS = 1000;
const MOST_LISTED = 10_000;

/** What a caller asks of the journey similarity analyzer. */
export const similarJourneysQuestion = z
  .strictObject({
    customer: z.string().min(1).optional().describe('The customer whose journey the others are compared with.'),
    journey: z.array(stepType).min(1).max(MOST_STEPS).optional().describe('Or a journey made up.'),
    at: z
      .enum(['end', 'anywhere'])
      .default('end')
      .describe(
        'Whether it is compared with the last steps of others, or with any stretch: who was once at this point.',
      ),
    steps: z
      .number()
      .int()
      .min(1)
      .max(MOST_STEPS)
      .default(30)
      .describe("How many of each customer's last steps are compared; at any stretch, how many of the customer's own."),
    minSimilarity: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe('From 0, nothing in common, to 1, equal; exactly this much counts.'),
    nearest: z
      .number()
      .int()
      .min(1)
      .max(MOST_LISTED)
      .optional()
      .describe(
        'Asks for so many of the most similar customers, however similar they are, in place of `minSimilarity`.',
      ),
    weights: stepWeights.optional().describe("How much steps differ; by default what the hub's similarity.yaml says."),
    pauseDays: z
      .array(z.number().positive().max(3650))
      .max(5)
      .default([])
      .describe(
        'Pauses between steps that count as steps: [1, 7] makes "pause of 1 day" of those from one day on, and "pause of 7 days" of those from a week on.',
      ),
    outcome: z
      .strictObject({ event: stepType, withinDays: z.number().positive().max(3650).default(30) })
      .optional()
      .describe('How often this event followed in time, for those who were once at this point: needs `at: anywhere`.'),
    activeDays: z
      .number()
      .positive()
      .default(30)
      .describe('Customers with a step in so many days before the newest step of all are active.'),
    limit: z
      .number()
      .int()
      .min(0)
      .max(MOST_LISTED)
      .default(20)
      .describe('How many matches a page has; all are counted.'),
    cursor: z.number().int().min(0).default(0).describe("The last page's `next`."),
  })
  .refine(({ customer, journey }) => (customer === undefined) !== (journey === undefined), {
    error: 'name either a customer or a journey',
    path: ['customer'],
  })
  .refine(({ outcome, at }) => outcome === undefined || at === 'anywhere', {
    error: 'nothing has followed the last steps yet: set "at" to "anywhere"',
    path: ['outcome'],
  });

const alignmentStep = z.object({
  op: z.enum(['same', 'replaced', 'left out', 'put in']),
  from: z.string().optional().describe('The step of the journey asked about.'),
  to: z.string().optional().describe('The step of the other journey.'),
  cost: z.number(),
});

const rate = z.object({
  count: count.describe('Those it happened to.'),
  of: count,
  rate: z.number(),
  interval: z.tuple([z.number(), z.number()]).describe('95 % interval of the rate (Wilson).'),
});

export const similarOutcome = rate.extend({
  untold: count.describe('Matches too near the end of the data to tell; they are in neither number.'),
  base: rate.describe(
    'How often it happened to all customers, in the same number of days before the data ends; also to those to whom it had happened before.',
  ),
});

export const similarJourneysAnswer = z.object({
  count: count.describe('Other customers with a journey that is similar enough.'),
  active: count.describe('Those of them who are active.'),
  customers: count.describe('Customers compared with.'),
  journey: z.array(z.string()).describe('The journey asked about.'),
  outcome: similarOutcome.optional(),
  matches: z
    .array(
      z.object({
        customer: z.string(),
        similarity: z.number(),
        at: z.string().describe('When the last of the similar steps happened.'),
        active: z.boolean(),
        outcome: z
          .boolean()
          .optional()
          .describe('Whether the event followed in time; absent where it is too early to tell.'),
        alignment: z.array(alignmentStep).describe('How the one journey becomes the other.'),
      }),
    )
    .describe('The most similar first.'),
  next: count.optional().describe('The cursor of the next page; absent on the last one.'),
  timings: z.record(z.string(), z.number()).describe('Milliseconds by stage.'),
});

/** What the command line answers from a file. */
export interface SimilarInFile {
  readonly results: readonly {
    readonly customer: string;
    readonly count: number;
    readonly matches: readonly { readonly customer: string; readonly similarity: number }[];
  }[];
  /** Customers compared with. */
  readonly customers: number;
  readonly ignoredRows: number;
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number | { readonly mean: number; readonly p95: number }>>;
}

export type StepWeights = z.infer<typeof stepWeights>;
export type SimilarJourneysQuestion = z.infer<typeof similarJourneysQuestion>;
export type SimilarJourneysInput = z.input<typeof similarJourneysQuestion>;
export type SimilarJourneysAnswer = z.infer<typeof similarJourneysAnswer>;
export type SimilarOutcome = z.infer<typeof similarOutcome>;
export type AlignmentStep = z.infer<typeof alignmentStep>;
