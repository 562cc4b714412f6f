import type { GoldenField, IdentitySettings, SurvivorshipRule } from '../../../schemas/identity';
import type { LakeDialect } from '../../sql/lake-dialect';
import { literal } from '../../sql/quote';
import { goldenFields } from '../records/fields';

/** Ranks below all sources that are named. */
const UNNAMED_SOURCE = 1_000_000;

/**
 * The golden record of every customer: of every field the value that survives by the settings' rule, the newest of equal
 * ones. Query over `assigned` (profile_id, customer_id) and `current_profiles`.
 */
export function goldenRecordsSql(
  { survivorship }: Pick<IdentitySettings, 'survivorship'>,
  dialect: LakeDialect,
): string {
  const counted = goldenFields.filter((field) => survivorship[field] === 'most-frequent');
  const counts = counted.map(
    (field) => `count(${field}) OVER (PARTITION BY customer_id, ${field}) AS ${countOf(field)}`,
  );
  return `SELECT customer_id,
  ${goldenFields.map((field) => survivor(field, survivorship[field] ?? 'newest', dialect)).join(',\n  ')},
  count(*) AS profiles, ${dialect.distinctTexts('source')} AS sources, min(first_seen) AS first_seen
FROM (SELECT ${['current_profiles.*', 'customer_id', ...counts].join(', ')} FROM assigned
  JOIN current_profiles ON current_profiles.profile_id = assigned.profile_id) AS told
GROUP BY customer_id ORDER BY customer_id`;
}

function survivor(field: GoldenField, rule: SurvivorshipRule, { lastOf }: LakeDialect): string {
  return `${lastOf(field, [rank(field, rule), 'last_seen', 'profile_id'])} AS ${field}`;
}

/** The higher, the better. */
function rank(field: GoldenField, rule: SurvivorshipRule): string {
  if (rule === 'newest') return '0';
  if (rule === 'most-frequent') return countOf(field);
  if (rule === 'longest') return `length(CAST(${field} AS VARCHAR))`;
  const ranks = rule['source-priority'].map((source, place) => `WHEN ${literal(source)} THEN ${-place}`);
  return ranks.length === 0 ? '0' : `CASE source ${ranks.join(' ')} ELSE ${-UNNAMED_SOURCE} END`;
}

function countOf(field: GoldenField): string {
  return `told_${field}`;
}
