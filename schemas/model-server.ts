import { z } from 'zod';

export const resolutionMethod = z.enum(['deterministic', 'probabilistic']);

/** What is asked of the model server: whose profile is it? */
export const profileQuestion = z.strictObject({
  profile: z
    .record(z.string(), z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]))
    .describe(
      'What is known of the person, by the columns that the model was learned from; the others may be left out.',
    ),
  method: resolutionMethod.default('probabilistic'),
});

const bits = z.number().describe('Log2 odds.');

export const resolvedProfile = z.object({
  method: resolutionMethod,
  customerId: z.string().nullable().describe('Null for a profile of nobody that is known.'),
  probability: z.number().nullable(),
  rule: z.string().optional().describe('The deterministic rule that tells the customer.'),
  evidence: z
    .array(
      z.object({
        recordId: z.string(),
        customerId: z.string(),
        prior: bits,
        comparisons: z
          .array(
            z.object({
              field: z.string(),
              level: z.string(),
              weight: bits,
              amongMatches: z.number(),
              byChance: z.number(),
            }),
          )
          .readonly()
          .describe('With the prior their weights sum to the weight of the pair.'),
        weight: bits,
        probability: z.number(),
      }),
    )
    .readonly()
    .describe('The records that speak the most for the customer; of nobody, those that come closest.'),
});

export type ResolutionMethod = z.infer<typeof resolutionMethod>;
export type ProfileQuestion = z.infer<typeof profileQuestion>;
export type ProfileAnswer = z.infer<typeof resolvedProfile>;
