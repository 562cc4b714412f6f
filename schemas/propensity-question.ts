import { z } from 'zod';

/** What is asked of a propensity model, of one row at a time. */
export const propensityQuestion = z.strictObject({
  features: z
    .record(z.string(), z.union([z.string().max(1_000), z.number(), z.null()]))
    .describe('By the columns that the model was learned from; what is left out, or null, is not known.'),
  reasons: z.number().int().min(0).max(50).default(0).describe('How many of the strongest reasons are wanted.'),
});

export const propensityAnswer = z.object({
  target: z.string(),
  probability: z.number().optional().describe('Of a binary target.'),
  probabilities: z.record(z.string(), z.number()).optional().describe('Of classes, by name.'),
  score: z.number().optional(),
  reasons: z
    .array(
      z.object({
        feature: z.string(),
        value: z.union([z.string(), z.number(), z.null()]),
        adds: z
          .number()
          .describe('To the log odds, as calibrated; of classes, to the margin of the likeliest; of a score, to it.'),
      }),
    )
    .readonly()
    .optional()
    .describe('The strongest first, in either direction.'),
});

export type PropensityQuestion = z.infer<typeof propensityQuestion>;
export type PropensityAnswer = z.infer<typeof propensityAnswer>;
