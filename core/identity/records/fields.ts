import type { GoldenField, IdentityField } from '../../../schemas/identity';

/** What a profile may tell of a person, in the order of the lake's columns. */
export const identityFields = [
  'given_name',
  'family_name',
  'birth_date',
  'email',
  'phone',
  'street',
  'postcode',
  'city',
  'account_id',
] as const satisfies readonly IdentityField[];

/** What a golden record tells of them, in the order of the lake's columns. */
export const goldenFields = [
  'given_name',
  'family_name',
  'birth_date',
  'email',
  'phone',
  'city',
] as const satisfies readonly GoldenField[];
