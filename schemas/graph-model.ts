import { z } from 'zod';
import { featureSets } from './propensity';

export const GRAPH_MODEL_FORMAT = 'journey-hub-graph-model';
export const GRAPH_MODEL_VERSION = 1;

const job = z.string().min(1);

/** `neptune-ml.json` of a version that Neptune ML has learned: what it takes to have it look at another moment. */
export const graphModel = z.strictObject({
  format: z.literal(GRAPH_MODEL_FORMAT),
  version: z.literal(GRAPH_MODEL_VERSION),
  kind: z.enum(['binary', 'classes', 'score']),
  /** How features are made of journeys. */
  plan: z.strictObject({
    features: z.array(z.looseObject({ set: z.enum(featureSets) })),
    categories: z.record(z.string(), z.array(z.string())),
  }),
  /** What a graph that it looks at has. */
  shape: z.strictObject({
    columns: z.array(
      z.strictObject({ feature: z.string().min(1), column: z.string().min(1), kind: z.enum(['number', 'category']) }),
    ),
    target: z.string().min(1),
    task: z.enum(['classification', 'regression']),
    ties: z.array(z.enum(['address', 'phone', 'account'])),
  }),
  /** The jobs that it comes from. */
  processing: job,
  training: job,
  /** Epoch milliseconds: customers were learned from as they were just before. */
  learnedAt: z.number().int(),
  /** Of them, so many. */
  rows: z.number().int().min(1),
});

export type GraphModelFile = z.infer<typeof graphModel>;
