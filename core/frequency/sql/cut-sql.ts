import { anchorsSql } from './anchors-sql';
import type { Ctes, CutCtes, CutSqlInput } from './cut-sql-input';
import { isEveryStepItself, walkSql } from './walk-sql';
import { wordCutSql } from './word-cut-sql';

/**
 * Cuts journeys in SQL, as `cutJourneys` does in memory. The table to read is `cut` (customer_id, anchor, anchor_at,
 * length, goes_on, took_ms, f0 …, and r0 …, s0 …): a row a journey. Its letters are columns: `f` in the order of time, `s`
 * from the event of interest outwards; `r` is how often each of `f` happened in a row, where repeats collapse.
 */
export function cutSql(input: CutSqlInput): Ctes {
  const { question, segment, dialect } = input;
  const { cut, ...tables }: CutCtes =
    dialect.lists !== undefined && isEveryStepItself(input)
      ? wordCutSql(input, dialect.lists)
      : { ...walkSql(input), cut: walkedCutSql(input) };
  return {
    ...(segment === undefined ? {} : { members: segment }),
    ...anchorsSql(input),
    ...tables,
    ...(question.through.length === 0 ? { cut } : { every_cut: cut, cut: passingSql(input) }),
  };
}

/** A row for the steps of each journey. */
function walkedCutSql({ question, outwards = false }: CutSqlInput): string {
  const { as, steps, repeats } = question;
  const places = Array.from({ length: steps }, (_, index) => index);
  const edge = as === 'end' ? 'min' : 'max';
  const columns = [
    ...places.map((place) => `max(CASE WHEN forward = ${place} THEN letter END) AS f${place}`),
    ...(repeats === 'collapse'
      ? places.map((place) => `max(CASE WHEN forward = ${place} THEN repeats END) AS r${place}`)
      : []),
    ...(outwards || question.through.length > 0
      ? places.map((place) => `max(CASE WHEN depth = ${place} THEN letter END) AS s${place}`)
      : []),
  ];
  return `SELECT customer_id, anchor, anchor_at,
  max(forward) + 1 AS length, max(CASE WHEN depth = ${steps} THEN 1 ELSE 0 END) AS goes_on,
  abs(anchor_at - ${edge}(CASE WHEN depth < ${steps} THEN at_ms END)) AS took_ms,
  ${columns.join(',\n  ')}
FROM walked GROUP BY customer_id, anchor, anchor_at`;
}

/**
 * The journeys that pass the wanted letters in their order. They are matched as texts, every letter between two commas
 * of its own, so that none overlaps with the next.
 */
function passingSql({ question, view }: CutSqlInput): string {
  const { as, steps } = question;
  const between = Array.from({ length: steps - 1 }, (_, index) => `s${index + 1}`);
  // From the event of interest outwards, and so backwards in journeys to it.
  const wanted = as === 'end' ? view.through.toReversed() : view.through;
  const text = ["''", ...between.map((column) => `coalesce(',' || CAST(${column} AS VARCHAR) || ',', '')`)].join(
    ' || ',
  );
  return `SELECT * FROM every_cut WHERE ${text} LIKE '%${wanted.map((letter) => `,${letter},%`).join('')}'`;
}
