import type { MilestoneFunnelQuestion } from '../../../schemas/milestone-report';
import type { LakeDialect } from '../../sql/lake-dialect';
import { double, literal } from '../../sql/quote';

const HOUR_MS = 3_600_000;

/** Tables `step_k`: who got that far (`customer_id`, `at_ms`) and how long it took them from the step before (`took`). */
function stepTables(
  { milestones, withinHours, from, until }: MilestoneFunnelQuestion,
  { milestones: { epochMs } }: LakeDialect,
): string {
  const reached = milestones.map(
    (name) =>
      `(SELECT customer_id, ${epochMs('reached_at')} AS at_ms FROM milestones WHERE milestone = ${literal(name)})`,
  );
  const bounds = [
    ...(from === undefined ? [] : [`at_ms >= ${Date.parse(from)}`]),
    ...(until === undefined ? [] : [`at_ms < ${Date.parse(until)}`]),
  ];
  const inTime = withinHours === undefined ? '' : ` AND next.at_ms - before.at_ms <= ${double(withinHours * HOUR_MS)}`;
  const tables = milestones.map((_, step) =>
    step === 0
      ? `step_0 AS (SELECT customer_id, min(at_ms) AS at_ms, 0 AS took FROM ${reached[0]} AS first
  ${bounds.length === 0 ? '' : `WHERE ${bounds.join(' AND ')} `}GROUP BY customer_id)`
      : `step_${step} AS (SELECT before.customer_id AS customer_id, min(next.at_ms) AS at_ms, min(next.at_ms - before.at_ms) AS took
  FROM step_${step - 1} AS before JOIN ${reached[step]} AS next
  ON next.customer_id = before.customer_id AND next.at_ms >= before.at_ms${inTime} GROUP BY before.customer_id)`,
  );
  return `WITH ${tables.join(',\n')}`;
}

/** By step of a funnel, in order: `customers`, `median_ms` from the step before. */
export function funnelSql(question: MilestoneFunnelQuestion, dialect: LakeDialect): string {
  const counts = question.milestones.map(
    (_, step) =>
      `SELECT ${step} AS step, CAST(count(*) AS DOUBLE) AS customers, ${dialect.median('took')} AS median_ms FROM step_${step}`,
  );
  return `${stepTables(question, dialect)}\n${counts.join(' UNION ALL ')} ORDER BY step`;
}

/** Who got to a step of a funnel and not to the next, the last first: `customer_id`. */
export function droppedSql(question: MilestoneFunnelQuestion, step: number, dialect: LakeDialect): string {
  return `${stepTables(question, dialect)}
SELECT customer_id FROM step_${step} WHERE customer_id NOT IN (SELECT customer_id FROM step_${step + 1})
ORDER BY at_ms DESC, customer_id LIMIT ${question.limit}`;
}
