import { z } from 'zod';

export const PROPENSITY_FORMAT = 'journey-hub-propensity';
export const PROPENSITY_VERSION = 1;

const feature = z.strictObject({ name: z.string().min(1), kind: z.enum(['number', 'category']) });

const column = z.discriminatedUnion('is', [
  z.strictObject({ feature: z.string().min(1), is: z.literal('number') }),
  z.strictObject({ feature: z.string().min(1), is: z.literal('category'), category: z.string() }),
]);

/** What says which format a file has, also one of another version. */
export const propensityHeader = z.object({ format: z.literal(PROPENSITY_FORMAT), version: z.number().int() });

/** `manifest.json` beside a model's archive: what its trees read, and what they mean. */
export const propensityManifest = z.strictObject({
  format: z.literal(PROPENSITY_FORMAT),
  version: z.literal(PROPENSITY_VERSION),
  kind: z.enum(['binary', 'classes', 'score']),
  target: z.string().min(1),
  classes: z.array(z.string().min(1)).optional(),
  /** Of the archive, so that none is taken for another's. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  library: z.strictObject({ name: z.literal('xgboost'), version: z.string().min(1) }),
  features: z.array(feature).min(1),
  columns: z.array(column).min(1),
  calibration: z.strictObject({ slope: z.number(), intercept: z.number() }).optional(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  rounds: z.number().int().min(1),
  /** Rows that were learned from. */
  rows: z.number().int().min(1),
  evaluation: z.looseObject({}).optional(),
});

export type PropensityManifest = z.infer<typeof propensityManifest>;
