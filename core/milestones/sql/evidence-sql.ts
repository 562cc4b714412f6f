import type { MilestoneSpec } from '../../../schemas/milestone';
import type { MilestoneDialect } from '../../sql/dialects';
import { literal } from '../../sql/quote';
import { MILESTONE_CHANNEL, MILESTONE_PREFIX } from '../pattern';
import { attributeColumns, attributesOf, conditionSql } from './condition-sql';

/**
 * The events by which customers reached a milestone, in the order of customers and times: `customer_id`, `reached_at`,
 * `step` (its number), `event` (the id of its vertex), `type`, `channel`, `at_ms`, `attributes`.
 *
 * @param customers of these alone; of everybody when left out
 */
export function evidenceSql(spec: MilestoneSpec, dialect: MilestoneDialect, customers?: readonly string[]): string {
  return `${evidencedSql(spec, dialect, customers)}
ORDER BY customer_id, reached_at, step, at_ms, event`;
}

/** By how many events everybody reached a milestone: `customer_id`, `reached_at`, `events`. */
export function evidenceCountsSql(spec: MilestoneSpec, dialect: MilestoneDialect): string {
  return `SELECT customer_id, reached_at, count(*) AS events FROM (${evidencedSql(spec, dialect)}) AS evidenced
GROUP BY customer_id, reached_at`;
}

function evidencedSql(spec: MilestoneSpec, dialect: MilestoneDialect, customers?: readonly string[]): string {
  const among = customers === undefined ? '' : ` AND customer_id IN (${customers.map(literal).join(', ')})`;
  const spans = spec.steps.map(
    (_, step) => `SELECT customer_id, ${dialect.epochMs('reached_at')} AS reached_at, ${step} AS step,
    ${dialect.item('step_times', 2 * step + 1)} AS first_at, ${dialect.item('step_times', 2 * step + 2)} AS last_at
  FROM milestones WHERE milestone = ${literal(spec.name)}${among}`,
  );
  const fitting = spec.steps.map((step, index) => `(step = ${index} AND ${conditionSql(step, literal)})`);
  return `WITH spans AS (${spans.join('\n  UNION ALL ')}),
happened AS (${happenedSql(spec, dialect, among)})
SELECT spans.customer_id AS customer_id, spans.reached_at AS reached_at, step, event, letter AS type, channel, at_ms, attributes
FROM spans JOIN happened ON happened.customer_id = spans.customer_id AND at_ms >= first_at AND at_ms <= last_at
WHERE ${fitting.join(' OR ')}`;
}

function happenedSql(spec: MilestoneSpec, dialect: MilestoneDialect, among: string): string {
  const names = [...new Set(spec.steps.flatMap(({ events }) => events))];
  const events = names.filter((name) => !name.startsWith(MILESTONE_PREFIX));
  const milestones = names.filter((name) => name.startsWith(MILESTONE_PREFIX));
  const asked = attributesOf(spec);
  const columns = attributeColumns(asked, dialect).map((column) => `, ${column}`);
  const none = asked.map((name) => `, CAST(NULL AS VARCHAR) AS t_${name}, CAST(NULL AS DOUBLE) AS n_${name}`);
  const parts = [
    `SELECT customer_id, source || '/' || event_id AS event, type AS letter, channel,
    ${dialect.epochMs('occurred_at')} AS at_ms, attributes${columns.join('')}
  FROM events JOIN identities ON identities.profile_id = events.profile_id
  WHERE type IN (${['', ...events].map(literal).join(', ')})${among}`,
    ...milestones.map(
      (
        name,
      ) => `SELECT customer_id, 'milestone:' || milestone || '/' || customer_id || '/' || CAST(${dialect.epochMs('reached_at')} AS VARCHAR) AS event,
    ${literal(name)} AS letter, ${literal(MILESTONE_CHANNEL)} AS channel, ${dialect.epochMs('reached_at')} AS at_ms,
    CAST(NULL AS VARCHAR) AS attributes${none.join('')}
  FROM milestones WHERE milestone = ${literal(name.slice(MILESTONE_PREFIX.length))}${among}`,
    ),
  ];
  return parts.join('\n  UNION ALL ');
}
