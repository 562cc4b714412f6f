import type { IdentitySettings } from '../../../schemas/identity';
import type { LakeCommitQueries } from '../../lake/queries';
import type { LakeDialect } from '../../sql/lake-dialect';
import { literal } from '../../sql/quote';
import { currentIdentitiesSql } from './answers-sql';
import { activeAssertionsSql } from './assertions';
import { goldenRecordsSql } from './golden-records-sql';
import { currentProfiles } from './rules-sql';

/** Rows of `assigned`, as SQL types; those of `edges` are as the lake keeps them. */
export const assignedColumns = { profile_id: 'VARCHAR', customer_id: 'VARCHAR', change: 'VARCHAR' } as const;

/** A run as `identity_runs` keeps it. */
export interface ResolutionRun {
  /** Names the run in `identity_changes`; later runs sort after earlier ones. */
  readonly batch: string;
  readonly basis: string;
  readonly businessDate: string;
  /** JSON. */
  readonly outcome: string;
}

const LOOKED_AT = 'SELECT profile_id FROM assigned';

/**
 * What a resolution writes: the evidence, every profile's customer with what ties it, what changed since the last run
 * and why, and the golden records. What is known of profiles that were not looked at, and of their customers, stays.
 * Queries over the lake's tables, `assigned` (whole customers, before and after) and `edges`.
 */
export function identityQueries(
  settings: IdentitySettings,
  run: ResolutionRun,
  dialect: LakeDialect,
): LakeCommitQueries {
  const [batch, basis, date, outcome] = [run.batch, run.basis, run.businessDate, run.outcome].map(literal);
  return {
    prepare: [
      { name: 'current_profiles', select: currentProfiles(dialect, `profile_id IN (${LOOKED_AT})`) },
      { name: 'strongest_tie', select: strongestTie(settings, dialect) },
      { name: 'resolved', select: RESOLVED },
      { name: 'asserted', select: lastAsserted(dialect) },
    ],
    writes: [
      { table: 'identity_changes', mode: 'append', select: changes(batch!, date!, dialect) },
      {
        table: 'identity_edges',
        mode: 'replace',
        select: kept(
          `identity_edges WHERE profile_a NOT IN (${LOOKED_AT})`,
          'edges ORDER BY profile_a, profile_b, method, rule',
        ),
      },
      {
        table: 'identities',
        mode: 'replace',
        select: kept(`identities WHERE profile_id NOT IN (${LOOKED_AT})`, 'resolved ORDER BY profile_id'),
      },
      { table: 'customers', mode: 'replace', select: customers(settings, dialect) },
      {
        table: 'consumed_batches',
        mode: 'append',
        select: `SELECT 'identity' AS consumer, batch FROM (${pendingProfileBatchesSql})`,
      },
      {
        table: 'identity_runs',
        mode: 'append',
        select: `SELECT ${batch} AS batch, ${basis} AS basis, DATE ${date} AS business_date, ${outcome} AS outcome`,
      },
    ],
  };
}

/** Batches with profiles that no resolution has looked at yet. */
export const pendingProfileBatchesSql = `SELECT DISTINCT batch FROM profiles
WHERE batch NOT IN (SELECT batch FROM consumed_batches WHERE consumer = 'identity')`;

function customers(settings: IdentitySettings, dialect: LakeDialect): string {
  const before = `SELECT customer_id FROM identities WHERE profile_id IN (${LOOKED_AT})`;
  return kept(
    `customers WHERE customer_id NOT IN (${before})`,
    `(${goldenRecordsSql(settings, dialect)}) AS golden ORDER BY customer_id`,
  );
}

/** What stays, in the order it has, then what is new: to sort a million rows takes longer than to make a thousand. */
function kept(staying: string, fresh: string): string {
  return `SELECT * FROM ${staying} UNION ALL SELECT * FROM (SELECT * FROM ${fresh}) AS fresh`;
}

/**
 * Of what ties a profile to others of its customer: what somebody said, then the first rule of the settings, then the
 * model's surest link.
 */
function strongestTie({ rules }: IdentitySettings, { lastOf }: LakeDialect): string {
  const priority = rules.map(({ name }, place) => `WHEN ${literal(name)} THEN ${place}`);
  const first = priority.length === 0 ? '0' : `CASE rule ${priority.join(' ')} ELSE 0 END`;
  const tied = (one: string, other: string) => `SELECT edges.${one} AS profile_id, method, rule, probability
  FROM edges JOIN assigned AS own ON own.profile_id = edges.${one} JOIN assigned AS others ON others.profile_id = edges.${other}
  WHERE own.customer_id = others.customer_id`;
  const best = (column: string) => `${lastOf(column, ['-rank', '-priority', 'probability'])} AS ${column}`;
  return `SELECT profile_id, ${['method', 'rule', 'probability'].map(best).join(', ')} FROM (
  SELECT profile_id, CASE method WHEN 'manual' THEN 1 WHEN 'deterministic' THEN 2 ELSE 3 END AS rank, ${first} AS priority,
    method, rule, probability
  FROM (${tied('profile_a', 'profile_b')} UNION ALL ${tied('profile_b', 'profile_a')}) AS ties
) AS ranked GROUP BY profile_id`;
}

/** A profile that keeps its customer keeps the time from which that holds; else it holds from when it was first seen. */
const RESOLVED = `SELECT assigned.profile_id, assigned.customer_id,
  coalesce(tie.method, 'alone') AS method, coalesce(tie.rule, 'alone') AS rule, coalesce(tie.probability, 1.0) AS confidence,
  CASE WHEN before.customer_id = assigned.customer_id THEN before.valid_from ELSE first_seen END AS valid_from
FROM assigned
JOIN current_profiles ON current_profiles.profile_id = assigned.profile_id
LEFT JOIN strongest_tie AS tie ON tie.profile_id = assigned.profile_id
LEFT JOIN identities AS before ON before.profile_id = assigned.profile_id`;

/** What was said last of a profile and any other. */
function lastAsserted({ lastOf }: LakeDialect): string {
  return `SELECT profile_id, kind, ${lastOf("author || ': ' || reason", ['sequence'])} AS said
FROM (
  SELECT profile_a AS profile_id, kind, author, reason, sequence FROM (${activeAssertionsSql})
  UNION ALL SELECT profile_b AS profile_id, kind, author, reason, sequence FROM (${activeAssertionsSql})
) AS active GROUP BY profile_id, kind`;
}

/** Every change with why: who said so, or what ties the profile now, or that nothing ties it any more. */
function changes(batch: string, date: string, dialect: LakeDialect): string {
  return `SELECT ${batch} AS batch, assigned.profile_id, NULLIF(before.customer_id, now_.customer_id) AS from_customer, now_.customer_id AS to_customer, now_.rule,
  DATE ${date} AS business_date, assigned.change AS kind,
  CASE WHEN assigned.change = 'split' AND apart.said IS NOT NULL THEN 'held apart by ' || apart.said
    WHEN now_.method = 'manual' THEN 'joined by ' || together.said
    WHEN now_.method = 'alone' AND assigned.change = 'new' THEN 'like no other profile'
    WHEN now_.method = 'alone' THEN 'nothing ties it to others any more'
    WHEN assigned.change = 'split' THEN 'nothing ties it to ' || before.customer_id || ' any more'
    ELSE now_.method || ': ' || now_.rule END AS reason
FROM assigned JOIN resolved AS now_ ON now_.profile_id = assigned.profile_id
LEFT JOIN (${currentIdentitiesSql(dialect)}) AS before ON before.profile_id = assigned.profile_id
LEFT JOIN asserted AS apart ON apart.profile_id = assigned.profile_id AND apart.kind = 'different'
LEFT JOIN asserted AS together ON together.profile_id = assigned.profile_id AND together.kind = 'same'
WHERE assigned.change IS NOT NULL ORDER BY profile_id`;
}
