import { z } from 'zod';

/** What a training is started with, by hand or by a schedule. */
export const trainPropensityInput = z.strictObject({
  model: z.string().min(1).describe('The name of a file in models/, without its ending.'),
  asOf: z.iso
    .date()
    .optional()
    .describe('What happened before this day (UTC) is taken as known; by default all that the lake has.'),
  because: z.string().min(1).max(2_000).optional().describe('Why, where somebody may ask.'),
});

/** What somebody says of a model that waits for it. */
export const modelDecision = z.strictObject({
  approve: z.boolean(),
  author: z.string().trim().min(1).max(200),
  reason: z.string().trim().min(1).max(2_000),
});

/** What somebody says who has a model go back to a version that answered before. */
export const rollBack = modelDecision.omit({ approve: true }).extend({
  version: z.string().min(1).max(200).optional().describe('By default the one that answered before the deployed one.'),
});

export const rollBackInput = rollBack.extend({ model: z.string().min(1).max(200) });

export const modelPath = z.strictObject({ model: z.string().min(1).max(200) });

const status = z
  .enum(['trained', 'refused', 'deployed', 'rejected', 'expired'])
  .describe('refused by its gate, rejected by somebody, expired when nobody said anything in time');

const measures = z.record(z.string(), z.unknown());

const psi = z.number().describe('The population stability index: 0.25 and more is commonly called a shift.');
const watched = z.object({
  version: z.string(),
  asOf: z.string(),
  findings: z
    .array(z.object({ kind: z.enum(['drift', 'calibration', 'age', 'stale']), says: z.string() }))
    .describe('What is wrong with the model, or with what it is asked from.'),
  score: psi.nullable().describe('Of what it says; null where nothing is known of what it was learned from.'),
  features: z.array(z.object({ feature: z.string(), psi })).describe('Those that are farthest from what they were.'),
  calibration: z
    .object({
      asOf: z.string(),
      customers: z.number().int(),
      expected: z.number(),
      observed: z.number(),
      lift10: z
        .number()
        .nullable()
        .describe('Times as frequent among the tenth that it named first; null where that cannot be told.'),
    })
    .nullable()
    .describe('Of the newest customers whose horizon has passed; null while it was learned from later ones.'),
});

export const propensityModelList = z.object({
  models: z.array(
    z.object({
      model: z.string(),
      title: z.string(),
      description: z.string(),
      /** The version that answers; null where none was ever deployed. */
      deployed: z.string().nullable(),
      watch: watched.nullable().describe('What was found when it was last asked of everybody.'),
      versions: z
        .array(
          z.object({
            version: z.string(),
            status,
            at: z.string().describe('When it came to be so.'),
            author: z.string().nullable(),
            reason: z.string().nullable(),
            measures: measures.describe('On a later period, of customers whom nothing was learned from.'),
          }),
        )
        .describe('The newest first.'),
    }),
  ),
});

export const trainingStarted = z.object({ workflowId: z.string() });
export const lastTraining = z.object({
  workflowId: z.string(),
  state: z
    .enum(['none', 'running', 'ended', 'failed', 'cancelled', 'terminated'])
    .describe('running also while it waits to be decided of; none where there was none that Temporal still knows'),
  failure: z.string().optional().describe('Why it failed.'),
});
export const decisionTaken = z.object({ model: z.string(), version: z.string(), status });

export type TrainPropensityInput = z.input<typeof trainPropensityInput>;
export type RollBack = z.infer<typeof rollBack>;
export type RollBackInput = z.infer<typeof rollBackInput>;
export type ModelDecision = z.infer<typeof modelDecision>;
export type ModelStatus = z.infer<typeof status>;
export type PropensityModelList = z.infer<typeof propensityModelList>;
export type LastTraining = z.infer<typeof lastTraining>;
export type DecisionTaken = z.infer<typeof decisionTaken>;
