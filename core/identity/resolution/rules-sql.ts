import type { IdentityRule, IdentitySettings } from '../../../schemas/identity';
import { literal } from '../../sql/quote';
import { identityFields } from '../records/fields';
import { withNormalised } from '../records/normalise-sql';

/** One row a profile: of every field the newest value that its source told. */
export const currentProfilesSql = `SELECT profile_id, min(source) AS source, min(seen_at) AS first_seen, max(seen_at) AS last_seen,
  ${identityFields.map((field) => `arg_max(${field}, {t: seen_at, f: file, r: file_row}) FILTER (${field} IS NOT NULL) AS ${field}`).join(',\n  ')}
FROM profiles GROUP BY profile_id`;

/**
 * The evidence: profiles that a rule holds to be one person, as a star around the smallest id that shares the rule's
 * key. Stars have the same connected components as all pairs, with a number of rows that grows with the profiles.
 * Ordered by the rules' priority, a star's rows in a row. Query over `current_profiles`.
 */
export function evidenceSql(settings: IdentitySettings): string {
  const evidence = settings.rules.map(ruleEvidence);
  return `WITH normalised AS (${withNormalised('current_profiles', settings)})
SELECT * FROM (${evidence.join('\nUNION ALL\n')}) AS evidence ORDER BY priority, profile_a, profile_b`;
}

function ruleEvidence(rule: IdentityRule, priority: number): string {
  const fields = rule.match.map((field) => `normalised_${field}`);
  const key = `CASE WHEN ${fields.map((field) => `${field} IS NOT NULL`).join(' AND ')} THEN concat_ws(chr(31), ${fields.join(', ')}) END`;
  return `SELECT profile_a, profile_b, ${priority} AS priority, ${literal(rule.name)} AS rule, ${rule.confidence}::DOUBLE AS confidence FROM (
  SELECT min(profile_id) OVER same AS profile_a, profile_id AS profile_b, count(*) OVER same AS sharing
  FROM (SELECT profile_id, ${key} AS match_key FROM normalised)
  WHERE match_key IS NOT NULL
  WINDOW same AS (PARTITION BY match_key)
) WHERE profile_a <> profile_b AND sharing <= ${rule.maxProfiles}`;
}
