import { z } from 'zod';

/** Which profiles are looked at: those that are new or have changed, or all of them. */
export const resolutionMode = z.enum(['incremental', 'backfill']);

/** Input of the workflow `resolveIdentities`; `{}` does what the night does. */
export const resolutionInput = z
  .strictObject({
    mode: resolutionMode.default('incremental'),
    /** Profiles last seen on these days (YYYY-MM-DD, inclusive) are resolved; the others stay with whom they are. */
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
    /** Says what would change, and changes nothing. */
    dryRun: z.boolean().default(false),
    /** The date that changes are noted under, YYYY-MM-DD; today in the hub's time zone by default. */
    businessDate: z.iso.date().optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: 'expected a day that is not before "from"',
  });

export type ResolutionMode = z.infer<typeof resolutionMode>;
export type ResolutionInput = z.input<typeof resolutionInput>;
export type ResolutionPlan = z.output<typeof resolutionInput> & { readonly businessDate: string };

const count = z.number().int();

/** What a resolution comes to. */
export const resolutionSummary = z.object({
  profiles: count,
  customers: count,
  lookedAt: count.describe('Profiles that were looked at.'),
  changes: count.describe('Profiles that were given to a customer or moved to another.'),
  changesByKind: z.object({ new: count, merged: count, split: count, moved: count }),
  links: z
    .object({ manual: count, deterministic: count, probabilistic: count })
    .describe('Links between profiles of one customer that were looked at, by what made them.'),
});
