import { z } from 'zod';

/** Input of the workflow `recomputeMilestones`; `{}` does what the night does. */
export const milestoneRunInput = z
  .strictObject({
    /** Names of milestones; all by default. What they are made of is computed too where it must be. */
    milestones: z.array(z.string().min(1)).min(1).optional(),
    /** Only what was reached on these days (YYYY-MM-DD, inclusive, UTC) is replaced. */
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
    /** Those whose spec or data changed, or all of them. */
    mode: z.enum(['changed', 'full']).default('changed'),
    /** Says what would change, and changes nothing. */
    dryRun: z.boolean().default(false),
    /** Until when everything that happened is known: absences that end later are awaited still. Now by default. */
    asOf: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: 'expected a day that is not before "from"',
  });

export type MilestoneRunInput = z.input<typeof milestoneRunInput>;
export type MilestoneRunPlan = Omit<z.output<typeof milestoneRunInput>, 'asOf'> & {
  /** Epoch milliseconds. */
  readonly asOf: number;
};
