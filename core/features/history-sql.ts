import { MILESTONE_PREFIX } from '../milestones/pattern';
import type { LakeDialect } from '../sql/lake-dialect';
import { literal } from '../sql/quote';
import type { Tie } from './history';

/** One of so many parts of all customers, of about the same size, the first being 0. */
export interface CustomerPart {
  readonly parts: number;
  readonly part: number;
}

/** A part, or some by name. */
export type WhichCustomers = CustomerPart | { readonly customers: readonly string[] };

function among(dialect: LakeDialect, which: WhichCustomers): string {
  if ('part' in which) return dialect.isInPart('customer_id', which.parts, which.part);
  return `customer_id IN (${which.customers.map(literal).join(', ')})`;
}

/**
 * `customer_id`, and `word`, `times` and `channels` as `LakeDialect.numbers` has lists.
 *
 * @param channels their names, which are told by their places: -1 for any other
 */
export function journeysSql(dialect: LakeDialect, which: WhichCustomers, channels: readonly string[]): string {
  const places = dialect.placesAmong('channels', channels);
  return `SELECT customer_id, ${dialect.numbers('word', 'INTEGER')} AS word, ${dialect.numbers('times', 'DOUBLE')} AS times,
  ${dialect.numbers(places, 'INTEGER')} AS channels FROM journeys WHERE ${among(dialect, which)}`;
}

/** `customer_id`, `milestone` and when it was reached (`at_ms`), in the order of time. */
export function reachedSql(dialect: LakeDialect, which: WhichCustomers): string {
  return `SELECT customer_id, milestone, CAST(${dialect.milestones.epochMs('reached_at')} AS DOUBLE) AS at_ms
FROM milestones WHERE ${among(dialect, which)} ORDER BY at_ms, milestone`;
}

/** What sources told of customers and from when on (`at_ms`), in the order of time: `city`, `birth_year`, `attributes` (JSON). */
export function recordsSql(dialect: LakeDialect, which: WhichCustomers): string {
  return `SELECT identities.customer_id, CAST(${dialect.milestones.epochMs('seen_at')} AS DOUBLE) AS at_ms, city,
  CAST(extract(YEAR FROM birth_date) AS INTEGER) AS birth_year, attributes
FROM profiles JOIN identities ON identities.profile_id = profiles.profile_id
WHERE (city IS NOT NULL OR birth_date IS NOT NULL OR attributes IS NOT NULL) AND ${among(dialect, which)}
ORDER BY at_ms, profiles.profile_id, content_hash`;
}

/** The scores that customers gave: `customer_id`, `at_ms` and `score`; what is no number is none. */
export function scoresSql(
  dialect: LakeDialect,
  which: WhichCustomers,
  { events, attribute }: { readonly events: readonly string[]; readonly attribute: string },
): string {
  const score = `TRY_CAST(${dialect.jsonValue('attributes', attribute)} AS DOUBLE)`;
  return `SELECT customer_id, CAST(${dialect.milestones.epochMs('occurred_at')} AS DOUBLE) AS at_ms, ${score} AS score
FROM events JOIN identities ON identities.profile_id = events.profile_id
WHERE type IN (${events.map(literal).join(', ')}) AND ${score} IS NOT NULL AND ${among(dialect, which)}`;
}

/** Shared by more customers than these, an address is a block of flats, and a number that of a switchboard. */
const MOST_WHO_SHARE = 12;

/** What ties customers, by what value of a profile; null where it has none. */
const TIES: readonly (readonly [Tie, value: string])[] = [
  ['address', `lower(street) || ', ' || postcode`],
  ['phone', 'phone'],
  ['account', 'account_id'],
];

/** What never happened is told to have happened then, in epoch milliseconds: no date of JavaScript's is later. */
export const NEVER_MS = 8.64e15;

/**
 * Who shares something with whom, and by which value: `customer_id`, `tie`, `neighbour`, since when (`since_ms`), from when on too
 * many shared it for that to say anything (`crowded_ms`), and when the other one was first hit (`hit_ms`); `NEVER_MS` for never.
 *
 * @param hits names of events, and of milestones with their prefix
 */
export function neighboursSql(dialect: LakeDialect, which: WhichCustomers, hits: readonly string[]): string {
  const epochMs = (column: string) => `CAST(${dialect.milestones.epochMs(column)} AS DOUBLE)`;
  const orNever = (column: string) => `coalesce(${epochMs(column)}, CAST(${NEVER_MS} AS DOUBLE))`;
  // Only what they have is looked for among all others: grouping what everybody has would take most of the time.
  return `WITH every_profile AS (${everyProfileSql}), every_record AS (${everyRecordSql}), theirs AS (
  SELECT DISTINCT tie, shared FROM every_record WHERE ${among(dialect, which)}
), told AS (
  SELECT customer_id, every_record.tie, every_record.shared, min(seen_at) AS since FROM every_record
  JOIN theirs ON theirs.tie = every_record.tie AND theirs.shared = every_record.shared
  GROUP BY customer_id, every_record.tie, every_record.shared
), numbered AS (
  SELECT customer_id, tie, shared, since, row_number() OVER (PARTITION BY tie, shared ORDER BY since, customer_id) AS nth FROM told
), few AS (
  SELECT customer_id, tie, shared, since FROM numbered WHERE nth <= ${MOST_WHO_SHARE}
), crowded AS (
  SELECT tie, shared, since FROM numbered WHERE nth = ${MOST_WHO_SHARE + 1}
), hit AS (${hitsSql(hits)})
SELECT own.customer_id, own.tie, other.customer_id AS neighbour, ${epochMs('greatest(own.since, other.since)')} AS since_ms,
  ${orNever('crowded.since')} AS crowded_ms, ${orNever('hit.hit_at')} AS hit_ms
FROM (SELECT customer_id, tie, shared, since FROM few WHERE ${among(dialect, which)}) AS own
JOIN few AS other ON other.tie = own.tie AND other.shared = own.shared AND other.customer_id <> own.customer_id
LEFT JOIN crowded ON crowded.tie = own.tie AND crowded.shared = own.shared
LEFT JOIN hit ON hit.customer_id = other.customer_id`;
}

/**
 * What customers shared before a moment: `tie`, `shared` and `customer_id`, all of one shared value together.
 *
 * @param moment epoch milliseconds: what was told of them from then on is as if it never was
 */
export function sharedBeforeSql(dialect: LakeDialect, moment: number): string {
  return `WITH every_profile AS (${everyProfileSql}), every_record AS (${everyRecordSql}), told AS (
  SELECT DISTINCT customer_id, tie, shared FROM every_record
  WHERE CAST(${dialect.milestones.epochMs('seen_at')} AS DOUBLE) < ${moment}
), shared_by AS (
  SELECT tie, shared FROM told GROUP BY tie, shared HAVING count(*) BETWEEN 2 AND ${MOST_WHO_SHARE}
)
SELECT told.tie, told.shared, told.customer_id FROM told
JOIN shared_by ON shared_by.tie = told.tie AND shared_by.shared = told.shared
ORDER BY told.tie, told.shared, told.customer_id`;
}

/** What profiles tell that others may share, a column for each tie: `customer_id`, and when it was told (`seen_at`). */
const everyProfileSql = `SELECT identities.customer_id, ${TIES.map(([tie, value]) => `${value} AS ${tie}`).join(', ')}, seen_at
  FROM profiles JOIN identities ON identities.profile_id = profiles.profile_id`;

/** The same of the table `every_profile`, a row for each: `customer_id`, `tie`, `shared` and `seen_at`. */
const everyRecordSql = TIES.map(
  ([tie]) =>
    `SELECT customer_id, '${tie}' AS tie, ${tie} AS shared, seen_at FROM every_profile WHERE ${tie} IS NOT NULL`,
).join(' UNION ALL ');

/** When each customer was first hit. */
function hitsSql(hits: readonly string[]): string {
  const isMilestone = (name: string) => name.startsWith(MILESTONE_PREFIX);
  const isOneOf = (column: string, names: readonly string[]) =>
    names.length === 0 ? 'false' : `${column} IN (${names.map(literal).join(', ')})`;
  const milestones = hits.filter(isMilestone).map((name) => name.slice(MILESTONE_PREFIX.length));
  const events = hits.filter((name) => !isMilestone(name));
  return `SELECT customer_id, min(hit_at) AS hit_at FROM (
    SELECT customer_id, occurred_at AS hit_at FROM events JOIN identities ON identities.profile_id = events.profile_id
    WHERE ${isOneOf('type', events)}
    UNION ALL SELECT customer_id, reached_at FROM milestones WHERE ${isOneOf('milestone', milestones)}
  ) AS every_hit GROUP BY customer_id`;
}
