import { z } from 'zod';
import { countryCode, linkageField, linkageSettings } from './linkage';

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

/** What a telecom operator's systems tell of a person, and with whom people share it. */
const TELCO_FIELDS = [
  { column: 'given_name', kind: 'name', role: 'personal' },
  { column: 'family_name', kind: 'name', role: 'household' },
  { column: 'birth_date', kind: 'date', role: 'personal' },
  { column: 'email', kind: 'email', role: 'personal' },
  { column: 'phone', kind: 'phone', role: 'household' },
  { column: 'street', kind: 'street', role: 'place' },
  { column: 'postcode', kind: 'postcode', role: 'place' },
  { column: 'city', kind: 'city', role: 'place' },
  { column: 'account_id', kind: 'code', role: 'personal' },
] as const;

/** How profiles are tied that no rule ties: by what is learned, without labels, of how the fields of one person agree. */
const probabilistic = linkageSettings.omit({ country: true }).extend({
  enabled: z.boolean().default(true),
  fields: z
    .array(linkageField.extend({ column: identityField }))
    .min(2)
    .max(16)
    .refine(
      (fields) => new Set(fields.map(({ column }) => column)).size === fields.length,
      'expected every column once',
    )
    .default([...TELCO_FIELDS]),
  /** Of fewer profiles that tell two fields or more, nothing is learned. */
  minProfiles: z.number().int().min(100).default(1_000),
  /**
   * Whether the model learns from merges and splits that people asserted. Left out, they only hold: who looks for what is wrong
   * tells of errors alone, and a model that learned from those would think itself worse than it is.
   */
  learnFromAssertions: z.boolean().default(false),
  /** With fewer pairs that look like one person, what was learned may be chance, and is not used. */
  minMatches: z.number().int().min(1).default(50),
  /** Sources that know every person once: of each, a customer gets no second profile but by a rule or a person. */
  uniquePerSource: z.array(z.string()).max(255).default([]),
});

export const survivorshipName = z.enum(['newest', 'most-frequent', 'longest']);

/** Which of the values that a customer's profiles tell becomes the golden record's. */
export const survivorshipRule = z.union([
  survivorshipName,
  z.strictObject({
    /** Of the first of these sources that tells one; of others when none does. */
    'source-priority': z.array(z.string()).min(1),
  }),
]);

/** The fields of the golden record. */
export const goldenField = identityField.exclude(['street', 'postcode', 'account_id']);

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
  /** Whose plan phone numbers written without calling code follow; Germany's by default. */
  country: countryCode.optional(),
  /** What stood in place of `country` in earlier releases, e.g. "49": that of the calling code. */
  defaultCallingCode: z
    .string()
    .regex(/^[1-9][0-9]{0,2}$/)
    .optional(),
  probabilistic: probabilistic.prefault({}),
  /** By field of the golden record; the newest value by default. */
  survivorship: z.partialRecord(goldenField, survivorshipRule).default({}),
});

export type IdentityField = z.infer<typeof identityField>;
export type IdentitySettings = z.infer<typeof identitySchema>;
export type IdentityRule = IdentitySettings['rules'][number];
export type GoldenField = z.infer<typeof goldenField>;
export type SurvivorshipRule = z.infer<typeof survivorshipRule>;
