import type { GraphChange } from '../graph/elements';
import type { Columns } from '../graph/journey-graph';
import { literal } from '../sql/quote';

/** So finely the graph knows scores: it changes where they do, and hardly any customer's is the same to the last digit. */
const STEPS = 1_000;

/** The property of customers that has what a model says of them; columns of Athena have no hyphens. */
export function scorePropertyOf(model: string): string {
  return `propensity_${model.replaceAll('-', '_')}`;
}

/** The property that has the likeliest class, of models with classes. */
export function classPropertyOf(model: string): string {
  return `${scorePropertyOf(model)}_class`;
}

/**
 * What the graph is to be told of a scoring, as it was told of others: `customer_id`, `score` and `class`, null for who is not
 * scored any more; of customers that there are. Ordered, so repeatable.
 *
 * @param before the scorings of which the graph has one: of whom they do not all say what this one says
 */
export function changedScoresSql(run: string, before: readonly string[]): string {
  const scores = (of: readonly string[]) => {
    const runs = of.length === 0 ? 'false' : `run IN (${of.map(literal).join(', ')})`;
    return `SELECT customer_id, round(score * ${STEPS}) / ${STEPS} AS score, class FROM propensity_scores WHERE ${runs}`;
  };
  const differs = (column: string) =>
    `scored.${column} IS DISTINCT FROM told.least_${column} OR scored.${column} IS DISTINCT FROM told.most_${column}`;
  return `WITH scored AS (${scores([run])}), told AS (
  SELECT customer_id, count(*) AS scorings, min(score) AS least_score, max(score) AS most_score, min(class) AS least_class,
    max(class) AS most_class FROM (${scores(before)}) AS every_score GROUP BY customer_id
), both_of AS (
  SELECT coalesce(scored.customer_id, told.customer_id) AS customer_id, scored.score AS score, scored.class AS class
  FROM scored FULL JOIN told ON told.customer_id = scored.customer_id
  WHERE ${differs('score')} OR ${differs('class')} OR told.scorings < ${before.length}
)
SELECT customer_id, score, class FROM both_of WHERE customer_id IN (SELECT customer_id FROM customers) ORDER BY customer_id`;
}

/** The rows of `changedScoresSql` as changes of the graph. */
export function scoreChanges(model: string, { rows, columns }: Columns, hasClasses: boolean): GraphChange[] {
  const [score, own] = [scorePropertyOf(model), classPropertyOf(model)];
  return Array.from({ length: rows }, (_, row) => {
    const value = columns['score']![row] as number | null;
    const properties = {
      [score]: value === null ? null : Number(value),
      ...(hasClasses && { [own]: (columns['class']![row] as string | null) ?? null }),
    };
    return { kind: 'vertex', id: columns['customer_id']![row] as string, label: 'Customer', properties };
  });
}
