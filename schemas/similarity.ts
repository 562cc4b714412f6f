import { z } from 'zod';

const stepType = z.string().min(1);
const stepCost = z.number().min(0.05).max(1);

/** How much steps differ, for the comparison of journeys; what is left out costs 1. */
export const stepWeights = z
  .strictObject({
    pairs: z
      .array(z.strictObject({ steps: z.tuple([stepType, stepType]), cost: z.number().min(0).max(1) }))
      .default([])
      .describe('Steps that may be taken for one another at less than full cost.'),
    steps: z.record(stepType, stepCost).default({}).describe('What leaving a step out, or putting it in, costs.'),
  })
  .describe('How much steps differ; what is left out costs 1.');

export const similarityLimits = { steps: 1000, limit: 10_000 } as const;

/** What a caller asks of the journey similarity analyzer. */
export const similarJourneysQuestion = z
  .strictObject({
    customer: z.string().min(1).optional().describe('The customer whose journey the others are compared with.'),
    journey: z.array(stepType).min(1).max(similarityLimits.steps).optional().describe('Or a journey made up.'),
    steps: z
      .number()
      .int()
      .min(1)
      .max(similarityLimits.steps)
      .default(30)
      .describe("How many of each customer's last steps are compared."),
    minSimilarity: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe('From 0, nothing in common, to 1, equal; exactly this much counts.'),
    limit: z
      .number()
      .int()
      .min(0)
      .max(similarityLimits.limit)
      .default(20)
      .describe('How many matches to list; all are counted.'),
    weights: stepWeights.prefault({}),
  })
  .refine(({ customer, journey }) => (customer === undefined) !== (journey === undefined), {
    error: 'name either a customer or a journey',
    path: ['customer'],
  });

const alignmentStep = z.object({
  op: z.enum(['same', 'replaced', 'left out', 'put in']),
  from: z.string().optional().describe('The step of the journey asked about.'),
  to: z.string().optional().describe('The step of the other journey.'),
  cost: z.number(),
});

export const similarJourneysAnswer = z.object({
  count: z.number().int().describe('Other customers with a journey at least as similar as asked for.'),
  customers: z.number().int().describe('Customers compared with.'),
  journey: z.array(z.string()).describe('The journey asked about.'),
  matches: z
    .array(
      z.object({
        customer: z.string(),
        similarity: z.number(),
        alignment: z.array(alignmentStep).describe('How the one journey becomes the other.'),
      }),
    )
    .describe('The most similar first.'),
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
export type AlignmentStep = z.infer<typeof alignmentStep>;
