import { z } from 'zod';

/** What a column holds: decides how its values are normalised, compared, and used as keys. */
export const fieldKind = z.enum([
  'name',
  'fullname',
  'date',
  'phone',
  'email',
  'code',
  'postcode',
  'street',
  'city',
  'number',
  'category',
  'text',
]);

/** In which order the parts of a date stand where the year is last. */
export const dateOrder = z.enum(['day/month/year', 'month/day/year']);

/** With whom people share a value: with nobody, with those they live with, or with those who live nearby. */
export const fieldRole = z.enum(['personal', 'household', 'place']);

export const linkageField = z.strictObject({
  column: z.string().min(1).describe('The column of the file.'),
  kind: fieldKind,
  role: fieldRole.describe(
    'Whether equal values speak for one person, or just as well for one household (phones, family names), or one place.',
  ),
  order: dateOrder
    .optional()
    .describe('Of dates that end in the year; day/month/year when left out. A part above 12 is the day in any case.'),
  comparison: z
    .enum(['levenshtein'])
    .optional()
    .describe('Names and texts by typos, which every SQL engine can count; left out, by what suits the kind best.'),
});

/** Records that are equal in all of some columns are one person, whatever else they say. */
export const deterministicRule = z.strictObject({
  name: z.string().min(1),
  match: z.array(z.string().min(1)).min(1),
  maxRecords: z.number().int().min(1).default(50).describe('A value held by more records than this tells nobody.'),
});

/** A country by its two letters of ISO 3166-1. */
export const countryCode = z.string().regex(/^[A-Z]{2}$/, 'expected two letters of ISO 3166-1, such as DE');

/** How records are linked: printed with an evaluation, to be edited and given back. */
export const linkageSettings = z.strictObject({
  fields: z.array(linkageField).min(1).max(16),
  country: countryCode
    .optional()
    .describe('Whose plan phone numbers without calling code follow. Left out, the numbers tell.'),
  nicknames: z
    .array(z.string().min(1))
    .max(65_535)
    .optional()
    .describe(
      'Names that one person may have, a line each: robert bob rob. Left out, usual ones of English and German.',
    ),
  deterministic: z
    .array(deterministicRule)
    .optional()
    .describe('Rules of the method "deterministic", in order of priority; by what the columns hold when left out.'),
  threshold: z
    .number()
    .min(-50)
    .max(50)
    .default(-1)
    .describe('Log2 odds from which two records are one person: 0 is as likely as not.'),
  pairsPerRecord: z
    .number()
    .min(0.1)
    .max(1000)
    .default(8)
    .describe('How many pairs blocking rules may look at, by record; small files are looked at more closely.'),
  blocking: z
    .array(z.array(z.string().min(1)).min(1).max(2))
    .min(1)
    .max(40)
    .optional()
    .describe('Pairs that agree on one or two keys, in any of these, are looked at. Left out, keys are chosen.'),
  maxPairs: z
    .number()
    .int()
    .min(1)
    .default(50_000_000)
    .describe('No rule of `blocking` may have more pairs: it is counted before anything is compared.'),
  uniquePerFile: z
    .boolean()
    .optional()
    .describe('Of two files: whether each has a person once at most. Left out, the records tell.'),
  seed: z.number().int().min(0).default(1).describe('Of the random pairs that chance agreement is learned from.'),
});

export type FieldKind = z.infer<typeof fieldKind>;
export type DateOrder = z.infer<typeof dateOrder>;
export type FieldRole = z.infer<typeof fieldRole>;
export type LinkageField = z.infer<typeof linkageField>;
export type DeterministicRule = z.infer<typeof deterministicRule>;
export type LinkageSettings = z.infer<typeof linkageSettings>;
