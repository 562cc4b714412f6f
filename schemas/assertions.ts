import { z } from 'zod';
import { resolutionSummary } from './resolution';

/** What somebody who knows better says of profiles. */
export const assertionQuestion = z
  .strictObject({
    kind: z
      .enum(['merge', 'split'])
      .describe('`merge`: the profiles are one person. `split`: they are not who the rest of their customer is.'),
    profiles: z
      .array(z.string().min(1))
      .min(1)
      .max(100)
      .describe('Ids of profiles, such as `crm:4711`: the source, and what it calls the person.'),
    author: z.string().trim().min(1).max(200).describe('Who says so.'),
    reason: z.string().trim().min(1).max(2_000).describe('Why.'),
    now: z.boolean().default(false).describe('Resolve identities at once, rather than with the next night.'),
  })
  .refine(({ kind, profiles }) => kind === 'split' || new Set(profiles).size > 1, {
    path: ['profiles'],
    error: 'name two profiles or more to merge',
  });

export const assertionAnswer = z.object({
  kind: z.enum(['merge', 'split']),
  profiles: z.array(z.string()),
  pairs: z.number().int().describe('Of how many pairs of profiles this tells.'),
  effect: z.string().describe('When it shows.'),
  resolution: resolutionSummary.optional().describe('What resolving at once came to.'),
});

export const assertionListQuestion = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('How many at most, the newest first.'),
});

export const assertion = z.object({
  profileA: z.string(),
  profileB: z.string(),
  kind: z.enum(['same', 'different']),
  author: z.string(),
  reason: z.string(),
  assertedAt: z.string().describe('An ISO time, UTC.'),
  active: z.boolean().describe('False when a later assertion of the two revoked it.'),
});

export const assertionList = z.object({ assertions: z.array(assertion) });

export type AssertionQuestion = z.infer<typeof assertionQuestion>;
export type AssertionInput = z.input<typeof assertionQuestion>;
export type AssertionAnswer = z.infer<typeof assertionAnswer>;
export type AssertionListQuestion = z.infer<typeof assertionListQuestion>;
export type AssertionListInput = z.input<typeof assertionListQuestion>;
export type AssertionList = z.infer<typeof assertionList>;
