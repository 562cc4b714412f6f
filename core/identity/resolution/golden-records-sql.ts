import type { GoldenField, IdentitySettings, SurvivorshipRule } from '../../../schemas/identity';
import { literal } from '../../sql/quote';
import { goldenFields } from '../records/fields';

/** Ranks below all sources that are named. */
const UNNAMED_SOURCE = 1_000_000;

/**
 * The golden record of every customer: of every field the value that survives by the settings' rule, the newest of equal
 * ones. Query over `assigned` (profile_id, customer_id) and `current_profiles`.
 */
export function goldenRecordsSql({ survivorship }: Pick<IdentitySettings, 'survivorship'>): string {
  const counted = goldenFields.filter((field) => survivorship[field] === 'most-frequent');
  const counts = counted.map(
    (field) => `count(${field}) OVER (PARTITION BY customer_id, ${field}) AS ${countOf(field)}`,
  );
  return `SELECT customer_id,
  ${goldenFields.map((field) => survivor(field, survivorship[field] ?? 'newest')).join(',\n  ')},
  count(*) AS profiles, string_agg(DISTINCT source, ',' ORDER BY source) AS sources, min(first_seen) AS first_seen
FROM (SELECT ${['*', ...counts].join(', ')} FROM assigned JOIN current_profiles USING (profile_id)) AS told
GROUP BY customer_id ORDER BY customer_id`;
}

function survivor(field: GoldenField, rule: SurvivorshipRule): string {
  const order = `{r: ${rank(field, rule)}, t: last_seen, p: profile_id}`;
  return `arg_max(${field}, ${order}) FILTER (${field} IS NOT NULL) AS ${field}`;
}

/** The higher, the better. */
function rank(field: GoldenField, rule: SurvivorshipRule): string {
  if (rule === 'newest') return '0';
  if (rule === 'most-frequent') return countOf(field);
  if (rule === 'longest') return `length(${field}::VARCHAR)`;
  const sources = rule['source-priority'].map(literal).join(', ');
  return `-coalesce(list_position([${sources}], source), ${UNNAMED_SOURCE})`;
}

function countOf(field: GoldenField): string {
  return `told_${field}`;
}
