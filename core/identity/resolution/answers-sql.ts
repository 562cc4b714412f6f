import type { LakeDialect } from '../../sql/lake-dialect';
import { literal } from '../../sql/quote';
import type { TableWrite } from '../../lake/queries';
import { REAL_TIME } from './answers';

/** Rows of `answers`, as SQL types. */
export const answerColumns = {
  profile_id: 'VARCHAR',
  customer_id: 'VARCHAR',
  rule: 'VARCHAR',
  confidence: 'DOUBLE',
  evidence: 'VARCHAR',
} as const;

/**
 * Every profile's customer: as the last resolution decided, and of profiles that none has looked at yet, as the real-time
 * resolver answered last. `is_resolved` tells them apart. Query over the lake's tables.
 */
export function currentIdentitiesSql(dialect: LakeDialect): string {
  const last = lastAnswered(dialect);
  return `SELECT profile_id, customer_id, method, rule, confidence, valid_from, true AS is_resolved FROM identities
UNION ALL SELECT profile_id, ${last('customer_id')}, ${literal(REAL_TIME)} AS method, ${last('rule')}, ${last('confidence')},
  min(answered_at) AS valid_from, false AS is_resolved
FROM identity_answers WHERE profile_id NOT IN (SELECT profile_id FROM identities) GROUP BY profile_id`;
}

function lastAnswered({ lastOf }: LakeDialect): (column: string) => string {
  return (column) => `${lastOf(column, ['answered_at'])} AS ${column}`;
}

/**
 * Why profiles are whose they were answered to be, of those that no resolution has looked at yet: `profile_id`, `rule`,
 * `confidence`, `evidence`. Query over the lake's tables.
 *
 * @param profiles a query of their ids
 */
export function answersSql(profiles: string, dialect: LakeDialect): string {
  const last = lastAnswered(dialect);
  return `SELECT profile_id, ${last('rule')}, ${last('confidence')}, ${last('evidence')}
FROM identity_answers WHERE profile_id IN (${profiles}) AND profile_id NOT IN (SELECT profile_id FROM identities)
GROUP BY profile_id ORDER BY profile_id`;
}

/** Profiles that were answered to be some customers', of those that no resolution has looked at yet: `profile_id`. */
export function answeredOfSql(customers: readonly string[], dialect: LakeDialect): string {
  return `SELECT profile_id FROM (${currentIdentitiesSql(dialect)}) AS tied
WHERE NOT is_resolved AND customer_id IN (${customers.map(literal).join(', ')}) ORDER BY profile_id`;
}

/** Keeps answers, given as the table `answers`. Appended, they never stand in the way of a resolution that is under way. */
export function keepAnswers(answeredAt: number, { timestampOf }: LakeDialect): TableWrite {
  return {
    table: 'identity_answers',
    mode: 'append',
    select: `SELECT profile_id, customer_id, rule, confidence, evidence, ${timestampOf(String(answeredAt))} AS answered_at FROM answers`,
  };
}

/** What a resolution decided of some profiles, of those that it has looked at: `profile_id`, `customer_id` and the tie. */
export function decidedSql(profiles: readonly string[]): string {
  return `SELECT profile_id, customer_id, method, rule, confidence FROM identities WHERE profile_id IN (${profiles.map(literal).join(', ')})`;
}

/** Leaves out answers about profiles of which the graph has what a resolution decided. */
export const openAnswers: TableWrite = {
  table: 'identity_answers',
  mode: 'replace',
  select: `SELECT * FROM identity_answers WHERE profile_id NOT IN (
  SELECT profile_id FROM identity_changes JOIN consumed_batches USING (batch) WHERE consumer = 'graph'
) ORDER BY answered_at`,
};
