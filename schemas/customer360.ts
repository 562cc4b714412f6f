import { z } from 'zod';

const FIELDS = ['name', 'contactMedium', 'relatedParty', 'partyInteraction', 'characteristic'] as const;

/** A customer as TM Forum's Customer360 (TMF717) has them; fields that the hub knows nothing of are left out. */
export const customer360Schema = z.object({
  '@type': z.literal('Customer360'),
  id: z.string(),
  href: z.string(),
  name: z.string().optional(),
  contactMedium: z
    .array(
      z.object({
        '@type': z.string(),
        contactType: z.string(),
        emailAddress: z.string().optional(),
        phoneNumber: z.string().optional(),
        city: z.string().optional(),
      }),
    )
    .optional(),
  relatedParty: z
    .array(
      z.object({
        '@type': z.string(),
        role: z.string().describe('The source that knows the customer by the id.'),
        partyOrPartyRole: z.object({ '@type': z.string(), '@referredType': z.string(), id: z.string() }),
      }),
    )
    .optional(),
  partyInteraction: z
    .array(
      z.object({
        '@type': z.string(),
        description: z.string().describe('The step of the journey.'),
        interactionDate: z.object({ startDateTime: z.string() }),
        relatedChannel: z.array(
          z.object({
            '@type': z.string(),
            role: z.string(),
            channel: z.object({ '@type': z.string(), id: z.string() }),
          }),
        ),
      }),
    )
    .optional()
    .describe('The newest first.'),
  characteristic: z
    .array(z.object({ '@type': z.string(), name: z.string(), valueType: z.string(), value: z.number() }))
    .optional()
    .describe('How likely what models speak of is, 0 to 1, as `propensity.<model>`.'),
});

export const customer360Question = z.object({
  fields: z
    .string()
    .regex(/^[@A-Za-z]+(,[@A-Za-z]+)*$/, `expected some of ${FIELDS.join(',')}`)
    .optional()
    .describe('Which fields are wanted, with commas between (TMF630); `id`, `href` and `@type` always come.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(50).describe('How many interactions, the newest first.'),
});

export type Customer360 = z.infer<typeof customer360Schema>;
