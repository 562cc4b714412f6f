import { z } from 'zod';

export const scorePropensityInput = z.strictObject({
  models: z.array(z.string().min(1)).min(1).optional().describe('Only these; by default all that are deployed.'),
});

export const customerPropensitiesQuestion = z.strictObject({ customer: z.string().min(1).max(1_000) });

export const whatIfQuestion = z.strictObject({
  customer: z.string().min(1).max(1_000),
  instead: z
    .record(z.string(), z.union([z.string().max(1_000), z.number(), z.null()]))
    .describe('Features as they might be, by the names that reasons have; null for what would not be known.'),
});

const reason = z.object({
  feature: z.string(),
  value: z.union([z.string(), z.number(), z.null()]),
  words: z.string(),
  adds: z.number().describe('To the log odds; of a predicted number, to it.'),
});

const explained = z.object({
  kind: z.enum(['binary', 'classes', 'score']),
  score: z.number().describe('The probability; of classes, of the likeliest; or the predicted number.'),
  class: z.string().optional(),
  reasons: z.array(reason).describe('The strongest first, in either direction.'),
});

export const customerPropensities = z.object({
  customer: z.string(),
  propensities: z.array(
    explained.extend({
      unexplained: z
        .string()
        .optional()
        .describe('Why there are no reasons, where the model cannot be asked any more.'),
      model: z.string(),
      title: z.string(),
      version: z.string(),
      asOf: z.string().describe('What happened before counts.'),
      percentile: z.number().describe('How many of a hundred customers have a lower score.'),
      customers: z.number().int().describe('Who were scored.'),
      trend: z
        .array(z.object({ asOf: z.string(), version: z.string(), score: z.number(), class: z.string().optional() }))
        .describe('Earlier scores, the newest first.'),
    }),
  ),
});

export const whatIfAnswer = explained.extend({
  model: z.string(),
  version: z.string(),
  asOf: z.string(),
  now: z.object({ score: z.number(), class: z.string().optional() }).describe('As things are.'),
});

export type ScorePropensityInput = z.input<typeof scorePropensityInput>;
export type CustomerPropensitiesQuestion = z.infer<typeof customerPropensitiesQuestion>;
export type CustomerPropensities = z.infer<typeof customerPropensities>;
export type WhatIfQuestion = z.infer<typeof whatIfQuestion>;
export type WhatIfAnswer = z.infer<typeof whatIfAnswer>;
