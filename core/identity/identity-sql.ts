import type { IdentitySettings } from '../../schemas/identity';
import type { LakeCommitQueries } from '../lake/queries';
import { literal } from '../sql/quote';
import { currentProfilesSql, customersSql, evidenceSql } from './rules-sql';

/**
 * What a resolution writes: the evidence, every profile's customer with the rule that tied it, what changed since the
 * last run, and the golden records. Queries over the lake's tables and `assigned` (profile_id, customer_id).
 *
 * @param batch names this run in `identity_changes`; later runs sort after earlier ones
 */
export function identityQueries(settings: IdentitySettings, businessDate: string, batch: string): LakeCommitQueries {
  const priorities = settings.rules.map((rule, priority) => `(${literal(rule.name)}, ${priority})`).join(', ');
  return {
    prepare: [
      { name: 'current_profiles', select: currentProfilesSql },
      { name: 'evidence', select: evidenceSql(settings) },
      { name: 'best_rule', select: bestRule(priorities) },
      { name: 'resolved', select: RESOLVED },
    ],
    writes: [
      {
        table: 'identity_changes',
        mode: 'append',
        select: `SELECT ${literal(batch)} AS batch, now_.profile_id, before.customer_id AS from_customer,
  now_.customer_id AS to_customer, now_.rule, DATE ${literal(businessDate)} AS business_date
FROM resolved now_ LEFT JOIN identities before USING (profile_id)
WHERE before.customer_id IS DISTINCT FROM now_.customer_id ORDER BY profile_id`,
      },
      {
        table: 'identity_edges',
        mode: 'replace',
        select: 'SELECT * FROM evidence ORDER BY profile_a, profile_b, rule',
      },
      { table: 'identities', mode: 'replace', select: 'SELECT * FROM resolved ORDER BY profile_id' },
      { table: 'customers', mode: 'replace', select: `${customersSql} ORDER BY customer_id` },
    ],
  };
}

/** Of the rules that tie a profile to another one, the first of the settings. */
function bestRule(priorities: string): string {
  return `SELECT profile_id, arg_min(rule, priority) AS rule, arg_min(confidence, priority) AS confidence FROM (
  SELECT profile_a AS profile_id, rule, confidence FROM evidence
  UNION ALL SELECT profile_b AS profile_id, rule, confidence FROM evidence
) AS tied JOIN (VALUES ${priorities}) AS rules (rule, priority) USING (rule)
GROUP BY profile_id`;
}

/** A profile that keeps its customer keeps the time from which that holds; else it holds from when it was first seen. */
const RESOLVED = `SELECT profile_id, assigned.customer_id,
  CASE WHEN best_rule.rule IS NULL THEN 'alone' ELSE 'deterministic' END AS method,
  coalesce(best_rule.rule, 'alone') AS rule, coalesce(best_rule.confidence, 1.0) AS confidence,
  CASE WHEN before.customer_id = assigned.customer_id THEN before.valid_from ELSE first_seen END AS valid_from
FROM assigned
JOIN current_profiles USING (profile_id)
LEFT JOIN best_rule USING (profile_id)
LEFT JOIN identities before USING (profile_id)`;
