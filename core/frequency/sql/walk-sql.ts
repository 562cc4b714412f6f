import type { StepSpan } from '../../sql/dialects';
import { double } from '../../sql/quote';
import { anchorsHaveWords } from './anchors-sql';
import type { Ctes, CutSqlInput } from './cut-sql-input';

const HOUR_MS = 3_600_000;

/**
 * The steps of every journey, and the one beyond the last asked for, as `walked` (customer_id, anchor, anchor_at, depth,
 * forward, letter, repeats, at_ms): by distance from the event of interest (`depth`, from 0) and in the order of time
 * (`forward`, from 0; -1 for the one beyond).
 */
export function walkSql(input: CutSqlInput): Ctes {
  return { letters: lettersSql(input), ...(isEveryStepItself(input) ? plainWalk(input) : stepwiseWalk(input)) };
}

/** Whether no step is left out, or taken with another as one. */
export function isEveryStepItself({ question, view }: CutSqlInput): boolean {
  return question.repeats === 'keep' && question.maxGapHours === undefined && view.ignored.length === 0;
}

function lettersSql({ view, dialect }: CutSqlInput): string {
  return dialect.constants(['seen', 'letter'], view.letters);
}

/** Where every step counts as it is, its place tells its distance. */
function plainWalk(input: CutSqlInput): Ctes {
  const { as, steps } = input.question;
  const [depth, span] =
    as === 'end'
      ? ['anchor - place', { from: `greatest(anchor - ${steps}, 1)`, to: 'anchor' }]
      : ['place - anchor', { from: 'anchor', to: `anchor + ${steps}` }];
  // Whoever has fewer steps before the event of interest has a shorter journey.
  const forward = as === 'end' ? `CASE WHEN anchor < ${steps} THEN anchor ELSE ${steps} END - 1 - depth` : 'depth';
  return {
    near: `SELECT customer_id, anchor, anchor_at, ${depth} AS depth, ${letterSql(input)} AS letter, at_ms
FROM ${stepsNear(input, span)}`,
    walked: `SELECT customer_id, anchor, anchor_at, depth, ${beyondIsOut(forward, steps)} AS forward, letter,
  1 AS repeats, at_ms
FROM near`,
  };
}

/** Walks outwards from the event of interest: leaves steps out, ends at long gaps, takes a run of a step as one. */
function stepwiseWalk(input: CutSqlInput): Ctes {
  const { as, steps, repeats, maxGapHours } = input.question;
  const { ignored } = input.view;
  const [order, edge] = as === 'end' ? ['DESC', 'min'] : ['ASC', 'max'];
  const span = as === 'end' ? { from: '1', to: 'anchor' } : { from: 'anchor' };
  const journey = 'PARTITION BY customer_id, anchor';
  const outwards = `OVER (${journey} ORDER BY place ${order}`;
  const soFar = `${outwards} ROWS UNBOUNDED PRECEDING)`;
  const kept = ignored.length === 0 ? '' : `\nWHERE place = anchor OR code NOT IN (${ignored.join(', ')})`;
  const depth =
    repeats === 'collapse'
      ? `sum(CASE WHEN letter = letter_before THEN 0 ELSE 1 END) ${soFar} - 1`
      : `row_number() ${outwards}) - 1`;
  const gaps =
    maxGapHours === undefined
      ? '0'
      : `sum(CASE WHEN abs(at_ms - at_before) > ${double(maxGapHours * HOUR_MS)} THEN 1 ELSE 0 END) ${soFar}`;
  const last = `max(CASE WHEN depth < ${steps} THEN depth END) OVER (${journey})`;
  return {
    near: `SELECT customer_id, anchor, anchor_at, place, ${letterSql(input)} AS letter, at_ms
FROM ${stepsNear(input, span)}${kept}`,
    turns: `SELECT customer_id, anchor, anchor_at, place, letter, at_ms,
  lag(letter) ${outwards}) AS letter_before, lag(at_ms) ${outwards}) AS at_before
FROM near`,
    runs: `SELECT customer_id, anchor, anchor_at, letter, at_ms, ${depth} AS depth, ${gaps} AS gaps FROM turns`,
    joined: `SELECT customer_id, anchor, anchor_at, depth, letter, count(*) AS repeats, ${edge}(at_ms) AS at_ms
FROM runs WHERE gaps = 0 AND depth <= ${steps} GROUP BY customer_id, anchor, anchor_at, depth, letter`,
    walked: `SELECT customer_id, anchor, anchor_at, depth,
  ${beyondIsOut(as === 'end' ? `${last} - depth` : 'depth', steps)} AS forward, letter, repeats, at_ms
FROM joined`,
  };
}

function stepsNear(input: CutSqlInput, span: Pick<StepSpan, 'from' | 'to'>): string {
  const { view, dialect } = input;
  const around = { ...span, channels: view.source === 'channel', inWords: anchorsHaveWords(input) };
  return `(${dialect.stepsAround(around)}) AS step
JOIN letters ON letters.seen = step.${view.source}`;
}

/** The event of interest has a name of its own where steps are known by their channels. */
function letterSql({ view }: CutSqlInput): string {
  return view.source === 'code' ? 'letter' : `CASE WHEN place = anchor THEN ${view.anchorLetter} ELSE letter END`;
}

function beyondIsOut(forward: string, steps: number): string {
  return `CASE WHEN depth = ${steps} THEN -1 ELSE ${forward} END`;
}
