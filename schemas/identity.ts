import { z } from 'zod';

export const identityField = z.enum([
  'given_name',
  'family_name',
  'birth_date',
  'email',
  'phone',
  'street',
  'postcode',
  'city',
  'account_id',
]);

/** `identity.yaml`: the deterministic rules, in order of priority. */
export const identitySchema = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected kebab-case'),
        /** Two profiles are one person when all of these are present and equal after normalisation. */
        match: z.array(identityField).min(1),
        /** How sure a link by this rule is, for the evidence table. */
        confidence: z.number().gt(0).max(1).default(1),
        /** A value held by more profiles than this is a placeholder or a shared device, and never links. */
        maxProfiles: z.number().int().min(2).default(50),
      }),
    )
    .min(1),
  /** Values that never link, after normalisation, by field. */
  placeholders: z.partialRecord(identityField, z.array(z.string())).default({}),
  /** Calling code for phone numbers written without one, e.g. "49". */
  defaultCallingCode: z
    .string()
    .regex(/^[1-9][0-9]{0,2}$/)
    .default('49'),
});

export type IdentityField = z.infer<typeof identityField>;
export type IdentitySettings = z.infer<typeof identitySchema>;
export type IdentityRule = IdentitySettings['rules'][number];
