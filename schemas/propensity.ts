import { z } from 'zod';
import { duration } from './duration';

const DAY = 86_400_000;
const kebab = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected kebab-case');
/** Step types, or `milestone:NAME` for a milestone that was reached. */
const happenings = z.array(z.string().min(1)).min(1).max(1000);

/** Whom the model speaks of, at a moment: everything is meant as it was just before. */
const population = z.strictObject({
  /** Only customers who did something so shortly before. */
  seenWithin: duration.default(90 * DAY),
  /** Only customers to whom all of these had happened. */
  had: z.array(z.string().min(1)).max(1000).default([]),
  /** Only customers to whom none of these had happened: who has left cannot leave. */
  hadNot: z.array(z.string().min(1)).max(1000).default([]),
  /** Only customers of whom every attribute had one of the values. */
  attributes: z.record(z.string().min(1), z.array(z.string()).min(1).max(1000)).default({}),
});

/** What the model predicts: what happens from the moment on, within the horizon. */
const target = z
  .strictObject({
    within: duration,
    /** Whether any of these happens. */
    events: happenings.optional(),
    /** Which class of these happens first, by name; `none` where none does. */
    classes: z.record(kebab, happenings).optional(),
    /** The number that an attribute of the first of these events has; who has none is left out. */
    score: z.strictObject({ events: happenings, attribute: z.string().min(1) }).optional(),
  })
  .refine(
    ({ events, classes, score }) => [events, classes, score].filter((kind) => kind !== undefined).length === 1,
    'give one of events, classes or score',
  )
  .refine(
    ({ classes }) => classes === undefined || (Object.keys(classes).length > 0 && !Object.hasOwn(classes, 'none')),
    { error: 'expected classes of any name but none', path: ['classes'] },
  );

export const featureSets = ['counts', 'recency', 'transitions', 'rhythm', 'channels', 'profile', 'neighbours'] as const;

/** What is made of journeys before a moment, and of what else was known then. */
const features = z.strictObject({
  sets: z
    .array(z.enum(featureSets))
    .min(1)
    .default([...featureSets]),
  /** Steps are counted within windows of these lengths, up to the moment. */
  windows: z
    .array(duration)
    .min(1)
    .max(8)
    .default([7 * DAY, 30 * DAY, 90 * DAY]),
  /** So many of the most frequent pairs of steps in a row. */
  transitions: z.number().int().min(0).max(1000).default(30),
  /** Steps that no feature speaks of. */
  leaveOut: z.array(z.string().min(1)).max(1000).default([]),
});

/** Moments that customers are looked at, counted back from the newest one whose horizon has passed. */
const cutOffs = z.strictObject({
  every: duration.default(7 * DAY),
  /** So many of the earlier ones, whose horizons end before the first of the tested. */
  train: z.number().int().min(1).max(100).default(8),
  /** So many of the newest, of customers who are not trained with. */
  test: z.number().int().min(1).max(20).default(2),
});

/** What a model must be to take the place of the one that is deployed. */
const gate = z.strictObject({
  /** By default the kind's own: auc, macro-auc or r2. */
  metric: z.enum(['auc', 'pr-auc', 'log-loss', 'macro-auc', 'rmse', 'mae', 'r2']).optional(),
  /** At least so good on the later period; at most for errors. */
  least: z.number().optional(),
  /** At least so much better than the deployed one on the same rows; negative for not much worse. */
  better: z.number().default(0),
  /** Expected calibration error at most. */
  ece: z.number().min(0).max(1).default(0.05),
});

/** When a deployed model is said not to fit any more, beyond chance; each night looks. */
const watch = z.strictObject({
  /** The population stability index of what it says, at most. */
  psi: z.number().positive().default(0.25),
  /** So many times as much as it expects, or so many times less, may happen. */
  calibration: z.number().gt(1).default(1.5),
  /** The newest event is at most so old. */
  stale: duration.default(2 * DAY),
});

/** `models/<name>.yaml`: what is likely to happen to customers. docs/propensity.md tells what it means. */
export const propensitySpec = z.strictObject({
  name: kebab,
  title: z.string().min(1),
  description: z.string().min(1),
  population: population.prefault({}),
  target,
  /** What learns it: trees, of customers alone; or a graph neural network of Neptune ML, of what they share as well. */
  learner: z.enum(['trees', 'graph']).default('trees'),
  cutOffs: cutOffs.prefault({}),
  features: features.prefault({}),
  /** Trained anew when the deployed model is so old, or its watch finds that it no longer fits. */
  cadence: duration.default(30 * DAY),
  gate: gate.prefault({}),
  watch: watch.prefault({}),
  /** Whether somebody must say yes before a model is deployed, and how long that is awaited. */
  approval: z
    .strictObject({ by: z.enum(['person', 'gate']).default('person'), within: duration.default(7 * DAY) })
    .prefault({}),
  training: z
    .strictObject({
      /** Rows to train with at most: of more customers, some are taken at random, as they are. */
      mostRows: z.number().int().min(1_000).max(5_000_000).default(300_000),
      seed: z.number().int().min(0).max(4_294_967_295).default(7),
    })
    .prefault({}),
});

export type PropensitySpec = z.infer<typeof propensitySpec>;
export type PropensityTarget = PropensitySpec['target'];
