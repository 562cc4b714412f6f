import type { AnchorSearch } from '../../sql/dialects';
import { literal } from '../../sql/quote';
import type { Ctes, CutSqlInput } from './cut-sql-input';

/** The events of interest to cut journeys at, as `findAnchors` finds them: `anchors` (customer_id, anchor, anchor_at). */
export function anchorsSql({ question, view, dialect, segment }: CutSqlInput): Ctes {
  const { occurrence, anchor } = question;
  const isAny = anchor.channels.length === 0 && anchor.from === undefined && anchor.until === undefined;
  const steps = `(${dialect.journeyStepsWith(view.events)}) AS step`;
  const condition = (step: StepColumns) => conditionSql(step, question.anchor, view.events);
  const fits = condition({ code: 'code', at_ms: 'at_ms', channel: 'channel' });
  const among = segment === undefined ? '1 = 1' : 'customer_id IN (SELECT customer_id FROM members)';
  if (areRuns(question)) return runsSql(steps, `${fits} AND ${among}`, view);
  if (dialect.anchorsInWords !== undefined) {
    return { anchors: dialect.anchorsInWords({ events: view.events, occurrence, isAny, condition, among }) };
  }
  const found = `FROM ${steps} WHERE ${fits} AND ${among}`;
  if (occurrence === 'every') return { anchors: `SELECT customer_id, place AS anchor, at_ms AS anchor_at ${found}` };
  // Times ascend with places: the first place has the first time.
  const pick = occurrence === 'first' ? 'min' : 'max';
  return {
    anchors: `SELECT customer_id, ${pick}(place) AS anchor, ${pick}(at_ms) AS anchor_at ${found} GROUP BY customer_id`,
  };
}

/** Whether the table `anchors` has the journeys' words. */
export function anchorsHaveWords({ question, dialect }: CutSqlInput): boolean {
  return dialect.anchorsInWords !== undefined && !areRuns(question);
}

function areRuns({ occurrence, repeats }: CutSqlInput['question']): boolean {
  return occurrence === 'every' && repeats === 'collapse';
}

type StepColumns = Parameters<AnchorSearch['condition']>[0];

function conditionSql(
  { code, at_ms, channel }: StepColumns,
  { channels, from, until }: CutSqlInput['question']['anchor'],
  events: readonly number[],
): string {
  return [
    `${code} IN (${events.join(', ')})`,
    ...(channels.length === 0 ? [] : [`${channel} IN (${channels.map(literal).join(', ')})`]),
    ...(from === undefined ? [] : [`${at_ms} >= ${Date.parse(from)}`]),
    ...(until === undefined ? [] : [`${at_ms} < ${Date.parse(until)}`]),
  ].join(' AND ');
}

/** Events of interest with nothing between them but more of them, and ignored steps, are one: the first. */
function runsSql(steps: string, fits: string, { events, ignored }: CutSqlInput['view']): Ctes {
  const inTime = 'OVER (PARTITION BY customer_id ORDER BY place';
  return {
    marked: `SELECT customer_id, place, code, at_ms, channel,
  sum(CASE WHEN code IN (${[...events, ...ignored].join(', ')}) THEN 0 ELSE 1 END)
    ${inTime} ROWS UNBOUNDED PRECEDING) AS others
FROM ${steps}`,
    fitting: `SELECT customer_id, place, at_ms, others, lag(others) ${inTime}) AS others_before
FROM marked WHERE ${fits}`,
    anchors: `SELECT customer_id, place AS anchor, at_ms AS anchor_at
FROM fitting WHERE others_before IS NULL OR others_before <> others`,
  };
}
