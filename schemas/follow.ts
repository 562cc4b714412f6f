import { z } from 'zod';

const position = z.strictObject({
  commitNum: z.number().int().min(0),
  opNum: z.number().int().min(0),
  /** Which graph's changes it counts; a position of another one's is refused. */
  log: z.string().optional(),
});

/** Input of the workflow `followGraphChanges`; `{}` follows from now on. */
export const followGraphInput = z.strictObject({
  /** Where to begin in the feed of changes. */
  from: z.union([z.enum(['now', 'beginning']), position]).default('now'),
  paused: z.boolean().default(false),
  /** What came of it before; handed over by a run to the next. */
  totals: z
    .strictObject({
      changes: z.number(),
      identified: z.number().default(0),
      looks: z.number(),
      reached: z.number(),
      retracted: z.number(),
      notified: z.number().default(0),
      failed: z.number(),
      lastError: z.string().optional(),
    })
    .optional(),
});

export type FollowGraphInput = z.input<typeof followGraphInput>;
