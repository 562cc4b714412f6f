import { HubError } from '../errors';

/** What somebody who knows better said of two profiles: they are one person, or they are two. */
export const assertionKinds = ['same', 'different'] as const;
export type AssertionKind = (typeof assertionKinds)[number];

/**
 * Of every two profiles what was said of them last, oldest first: a later assertion revokes an earlier one. Query over
 * `identity_assertions`, in which `profile_a` is before `profile_b`.
 */
export const activeAssertionsSql = `SELECT profile_a, profile_b, kind, author, reason, asserted_at, sequence
FROM identity_assertions
QUALIFY row_number() OVER (PARTITION BY profile_a, profile_b ORDER BY sequence DESC) = 1
ORDER BY sequence, profile_a, profile_b`;

/** @returns the error for profiles that are to be one person by way of others, and two by name */
export function contradiction(profileA: string, profileB: string): HubError {
  return new HubError(
    'IDENTITY_ASSERTIONS_CONTRADICT',
    `identity_assertions: "${profileA}" and "${profileB}" are said to be one person, yet to be held apart, themselves or by way of others: see \`hub identity assertions\`, and say with \`hub identity merge\` or \`hub identity split\` what holds`,
    { field: 'profiles' },
  );
}

export type Pair = readonly [profileA: string, profileB: string];

/** Every two of some profiles are one person: as a star, of which the rest follows. */
export function mergePairs(profiles: readonly string[]): Pair[] {
  const [first, ...others] = [...new Set(profiles)];
  return others.map((other) => ordered(first as string, other));
}

/**
 * Profiles are not who the rest of their customer is. Where nothing of a customer is left beside them, they are held
 * apart from one another.
 *
 * @param profiles the ones to split off, all of one customer
 * @param customer all profiles of that customer
 */
export function splitPairs(profiles: readonly string[], customer: readonly string[]): Pair[] {
  const named = new Set(profiles);
  const rest = customer.filter((profile) => !named.has(profile));
  if (rest.length > 0) return [...named].flatMap((profile) => rest.map((other) => ordered(profile, other)));
  const all = [...named];
  return all.flatMap((profile, index) => all.slice(index + 1).map((other) => ordered(profile, other)));
}

function ordered(one: string, other: string): Pair {
  return one < other ? [one, other] : [other, one];
}
