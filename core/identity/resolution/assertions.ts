import { HubError } from '../../errors';
import { FirmSets } from '../clustering/firm-sets';

/** What somebody who knows better said of two profiles: they are one person, or they are two. */
export const assertionKinds = ['same', 'different'] as const;
export type AssertionKind = (typeof assertionKinds)[number];

/**
 * Of every two profiles what was said of them last, oldest first: a later assertion revokes an earlier one. Query over
 * `identity_assertions`, in which `profile_a` is before `profile_b`.
 */
export const activeAssertionsSql = `SELECT profile_a, profile_b, kind, author, reason, asserted_at, sequence FROM (
  SELECT *, row_number() OVER (PARTITION BY profile_a, profile_b ORDER BY sequence DESC) AS age FROM identity_assertions
) AS said WHERE age = 1
ORDER BY sequence, profile_a, profile_b`;

/** @returns the error for profiles that are to be one person by way of others, and two by name */
export function contradiction(profileA: string, profileB: string): HubError {
  return new HubError(
    'IDENTITY_ASSERTIONS_CONTRADICT',
    `identity_assertions: "${profileA}" and "${profileB}" are said to be one person, yet to be held apart, themselves or by way of others: see \`hub identity assertions\`, and say with \`hub identity merge\` or \`hub identity split\` what holds`,
    { field: 'profiles' },
  );
}

export interface Assertion {
  readonly profileA: string;
  readonly profileB: string;
  readonly kind: AssertionKind;
}

/**
 * What merging some profiles says: every two are one person. So are their customers: what held profiles of these apart
 * holds no longer.
 *
 * @param customers all profiles of the customers that the profiles belong to
 * @param earlier the active assertions
 */
export function mergeAssertions(
  profiles: readonly string[],
  customers: readonly string[],
  earlier: readonly Assertion[],
): Assertion[] {
  const merged = everyTwo([...new Set(profiles)], 'same');
  const isSaid = new Set(merged.map(pairOf));
  const members = new Set(customers);
  const revoked = earlier.filter(
    (one) =>
      one.kind === 'different' && members.has(one.profileA) && members.has(one.profileB) && !isSaid.has(pairOf(one)),
  );
  return [...merged, ...revoked.map(({ profileA, profileB }) => assertionOf(profileA, profileB, 'same'))];
}

function pairOf({ profileA, profileB }: Assertion): string {
  return JSON.stringify([profileA, profileB]);
}

/**
 * What splitting some profiles off says: they are not who the rest of their customer is. Where nothing of a customer is
 * left beside them, they are held apart from one another.
 *
 * @param profiles the ones to split off, all of one customer
 * @param customer all profiles of that customer
 */
export function splitAssertions(profiles: readonly string[], customer: readonly string[]): Assertion[] {
  const named = new Set(profiles);
  const rest = customer.filter((profile) => !named.has(profile));
  if (rest.length === 0) return everyTwo([...named], 'different');
  return [...named].flatMap((profile) => rest.map((other) => assertionOf(profile, other, 'different')));
}

function everyTwo(profiles: readonly string[], kind: AssertionKind): Assertion[] {
  return profiles.flatMap((profile, index) =>
    profiles.slice(index + 1).map((other) => assertionOf(profile, other, kind)),
  );
}

function assertionOf(one: string, other: string, kind: AssertionKind): Assertion {
  const [profileA, profileB] = one < other ? [one, other] : [other, one];
  return { profileA, profileB, kind };
}

/**
 * Refuses assertions that cannot all hold.
 *
 * @param earlier the active ones
 * @param added what is said now, which revokes earlier ones of the same two profiles
 * @throws HubError IDENTITY_ASSERTIONS_CONTRADICT
 */
export function refuseContradiction(earlier: readonly Assertion[], added: readonly Assertion[]): void {
  const active = [...new Map([...earlier, ...added].map((one) => [pairOf(one), one])).values()];
  const profiles = [...new Set(active.flatMap(({ profileA, profileB }) => [profileA, profileB]))];
  const numberOf = new Map(profiles.map((profile, number) => [profile, number]));
  const pairs = (kind: AssertionKind) =>
    active
      .filter((one) => one.kind === kind)
      .map(({ profileA, profileB }) => [numberOf.get(profileA)!, numberOf.get(profileB)!] as const);
  const sets = new FirmSets(profiles.length, pairs('different'));
  const refused = pairs('same').find(([a, b]) => !sets.union(a, b));
  if (refused !== undefined) throw contradiction(profiles[refused[0]]!, profiles[refused[1]]!);
}
