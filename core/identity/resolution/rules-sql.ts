import type { IdentityRule, IdentitySettings } from '../../../schemas/identity';
import type { LakeDialect } from '../../sql/lake-dialect';
import { literal } from '../../sql/quote';
import { identityFields } from '../records/fields';
import { withNormalised } from '../records/normalise-sql';

/** Of two versions of a profile, the later one is what counts. */
export const VERSION_ORDER = ['seen_at', 'file', 'file_row'] as const;

/**
 * One row a profile: of every field the newest value that its source told.
 *
 * @param among a condition on profiles; all of them when left out
 */
export function currentProfiles({ lastOf }: LakeDialect, among = 'true'): string {
  return `SELECT profile_id, min(source) AS source, min(seen_at) AS first_seen, max(seen_at) AS last_seen,
  ${identityFields.map((field) => `${lastOf(field, VERSION_ORDER)} AS ${field}`).join(',\n  ')}
FROM profiles WHERE ${among} GROUP BY profile_id`;
}

/**
 * What every rule compares of every profile, as text: `key_0` and so on, null where it tells nothing. Query over
 * `current_profiles`, in the order of age.
 */
export function ruleKeysSql(settings: IdentitySettings): string {
  const keys = settings.rules.map(({ match }, rule) => {
    const fields = match.map((field) => `normalised_${field}`);
    const isTold = fields.map((field) => `${field} IS NOT NULL`).join(' AND ');
    return `CASE WHEN ${isTold} THEN concat_ws(chr(31), ${fields.join(', ')}) END AS ${keyColumn(rule)}`;
  });
  return `SELECT profile_id, ${keys.join(', ')} FROM (${withNormalised('current_profiles', settings)})
ORDER BY first_seen, profile_id`;
}

/** Hashes of the keys, 0 for none, in the order of `rule_keys`. */
export function ruleHashesSql({ rules }: Pick<IdentitySettings, 'rules'>): string {
  const hashes = rules.map(
    (_, rule) => `CASE WHEN ${keyColumn(rule)} IS NULL THEN 0 ELSE hash(${keyColumn(rule)}) END`,
  );
  return `SELECT ${hashes.map((hash) => `${hash}::UBIGINT`).join(', ')} FROM rule_keys`;
}

/**
 * The evidence: profiles that a rule holds to be one person, as a star around the smallest id that shares the rule's
 * key. Stars have the same connected components as all pairs, with a number of rows that grows with the profiles.
 * Ordered by the rules' priority, a star's rows in a row. Query over `rule_keys`.
 */
export function evidenceSql({ rules }: Pick<IdentitySettings, 'rules'>): string {
  const evidence = rules.map(ruleEvidence);
  return `SELECT * FROM (${evidence.join('\nUNION ALL\n')}) AS evidence ORDER BY priority, profile_a, profile_b`;
}

function ruleEvidence({ name, confidence, maxProfiles }: IdentityRule, priority: number): string {
  return `SELECT profile_a, profile_b, ${priority} AS priority, ${literal(name)} AS rule, ${confidence}::DOUBLE AS confidence FROM (
  SELECT min(profile_id) OVER same AS profile_a, profile_id AS profile_b, count(*) OVER same AS sharing
  FROM rule_keys WHERE ${keyColumn(priority)} IS NOT NULL
  WINDOW same AS (PARTITION BY ${keyColumn(priority)})
) WHERE profile_a <> profile_b AND sharing <= ${maxProfiles}`;
}

function keyColumn(rule: number): string {
  return `key_${rule}`;
}
