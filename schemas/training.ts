import { z } from 'zod';

/** How a model is learned from a table of features; every setting has a default that works. */
export const trainingSpec = z
  .strictObject({
    /** Whether something happens, which of some things, or a number. */
    kind: z.enum(['binary', 'classes', 'score']).default('binary'),
    /** What is predicted, as people call it: messages name it. */
    target: z.string().min(1),
    /** The names of the classes, in the order of their numbers; of a binary target, of 0 and 1. */
    classes: z.array(z.string().min(1)).min(2).max(100).optional(),
    /** Repeated cross-validation: in each fold the whole training is done anew, with what is searched for. */
    evaluation: z
      .strictObject({
        repeats: z.number().int().min(0).max(20).default(5),
        folds: z.number().int().min(2).max(20).default(2),
      })
      .prefault({}),
    seed: z.number().int().min(0).max(2_147_483_647).default(7),
    /** The same model comes of the same number of threads only: sums of parts are rounded. */
    threads: z.number().int().min(1).max(64).default(2),
    /** Categories of a feature that are told apart; the others are taken for none of them. */
    mostCategories: z.number().int().min(1).max(1_000).default(30),
    /** Rounds of boosting at most. */
    mostRounds: z.number().int().min(1).max(5_000).default(600),
  })
  .refine(({ kind, classes }) => kind !== 'classes' || classes !== undefined, {
    error: 'expected the names of the classes',
    path: ['classes'],
  });

export type TrainingSpec = z.infer<typeof trainingSpec>;
export type TrainingInput = z.input<typeof trainingSpec>;
