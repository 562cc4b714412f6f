import { z } from 'zod';
import { assertion } from './assertions';

export const customerIdentityQuestion = z.strictObject({
  customer: z.string().min(1).describe("The hub's id of the customer."),
});

export const identityEdge = z.object({
  profileA: z.string(),
  profileB: z.string(),
  method: z.enum(['manual', 'deterministic', 'probabilistic']),
  rule: z.string(),
  weight: z.number().nullable().describe("The model's log2 odds; null where there was no model."),
  probability: z.number(),
  waterfall: z
    .object({
      prior: z.number().describe('Log2 odds before any values are compared.'),
      comparisons: z
        .array(
          z.object({
            field: z.string(),
            level: z.string().describe('How the values agree.'),
            weight: z.number().describe('What this adds to the log2 odds.'),
            amongMatches: z.number().describe('How often two profiles of one person agree like this.'),
            byChance: z.number().describe('How often two profiles at random do.'),
          }),
        )
        .readonly(),
      weight: z.number(),
      probability: z.number(),
    })
    .nullable()
    .describe("The model's log2 odds taken apart: they are the sum of the prior and the weights."),
});

/** How a customer's profiles hold together. */
export const customerIdentity = z.object({
  customer: z.string(),
  profiles: z.array(
    z.object({
      profile: z.string(),
      source: z.string(),
      method: z.string(),
      rule: z.string(),
      confidence: z.number(),
      since: z.string().describe('An ISO time, UTC: from when on the profile is held to be this customer.'),
      fields: z.record(z.string(), z.string()).describe('What the profile tells of the person.'),
    }),
  ),
  edges: z.array(identityEdge).describe('What speaks for or against profiles of this customer being one person.'),
  weakest: z
    .object({
      edge: identityEdge,
      parts: z.tuple([z.array(z.string()), z.array(z.string())]).describe('What would be left without it.'),
    })
    .nullable()
    .describe('The weakest of the links that hold the customer together.'),
  changes: z.array(
    z.object({
      profile: z.string(),
      from: z.string().nullable(),
      to: z.string(),
      kind: z.string().nullable(),
      reason: z.string().nullable(),
      businessDate: z.string(),
    }),
  ),
  assertions: z.array(assertion),
});

export type CustomerIdentityQuestion = z.infer<typeof customerIdentityQuestion>;
export type CustomerIdentity = z.infer<typeof customerIdentity>;
export type CustomerIdentityEdge = z.infer<typeof identityEdge>;
