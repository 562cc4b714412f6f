import type { JourneyList, JourneyListQuestion, JourneySelection } from '../../../schemas/frequency';
import type { FrequencySql, SqlContext } from './answer-sql';
import { cutSql } from './cut-sql';
import { withSql } from './rows-sql';
import { segmentSql } from './segment-sql';
import { sqlView } from './sql-view';

/**
 * A statement for a page of the journeys behind one number of an answer, in the order of customers' ids and time:
 * `total`, `customer_id`, `anchor_at`; one row with a total alone where the page is empty.
 *
 * @throws HubError as `frequencySql` does
 */
export function listSql(question: JourneyListQuestion, { catalog, dialect, admitted }: SqlContext): FrequencySql {
  const { of, limit, cursor } = question;
  const view = sqlView(catalog, question);
  const segment = segmentSql(catalog, question.segment, dialect, admitted);
  const ctes = cutSql({ question, view, dialect, segment, outwards: true });
  const letterOf = (step: string) => view.names.indexOf(step);
  const meant = of === undefined ? '1 = 1' : conditionOf(of, question, letterOf);
  const page = `SELECT customer_id, anchor_at, row_number() OVER (ORDER BY customer_id, anchor) AS nth FROM meant`;
  const sql = `${withSql({ ...ctes, meant: `SELECT * FROM cut WHERE ${meant}`, numbered: page })}
SELECT total, customer_id, anchor_at FROM (SELECT count(*) AS total FROM meant) AS counted
LEFT JOIN numbered ON nth > ${cursor} AND nth <= ${cursor + limit} ORDER BY nth`;
  return { sql, view };
}

/** As `selectJourneys` decides. A name that is no step's is nobody's: -1 is no letter. */
function conditionOf(
  selection: JourneySelection,
  { as, steps }: Pick<JourneyListQuestion, 'as' | 'steps'>,
  letterOf: (step: string) => number,
): string {
  const begins = (path: readonly string[]) =>
    path.length > steps ? '1 = 0' : path.map((step, depth) => `s${depth} = ${letterOf(step)}`).join(' AND ');
  if ('journey' in selection) {
    const path = as === 'end' ? selection.journey.toReversed() : selection.journey;
    return `length = ${path.length} AND ${begins(path)}`;
  }
  if ('path' in selection) {
    const { path, outcome, shown } = selection;
    const last = `length = ${path.length} AND goes_on = ${outcome === 'cut' ? 1 : 0}`;
    const hidden = shown.map((step) => ` AND s${path.length} <> ${letterOf(step)}`).join('');
    const outcomes = { any: '1 = 1', ended: last, cut: last, other: `length > ${path.length}${hidden}` };
    return `${begins(path)} AND ${path.length >= steps && outcome === 'other' ? '1 = 0' : outcomes[outcome]}`;
  }
  const depth = Math.abs(selection.offset);
  const isReachable = (selection.offset === 0 || selection.offset < 0 === (as === 'end')) && depth < steps;
  if (!isReachable) return '1 = 0';
  if ('step' in selection) return `s${depth} = ${letterOf(selection.step)}`;
  const continues = `(length > ${depth + 1} OR goes_on = 1)`;
  return `length > ${depth} AND ${selection.outcome === 'continued' ? continues : `NOT ${continues}`}`;
}

/** The page in the rows of `listSql`'s statement. */
export function readList(
  rows: readonly Readonly<Record<string, unknown>>[],
  { limit, cursor }: Pick<JourneyListQuestion, 'limit' | 'cursor'>,
): JourneyList {
  const total = Number(rows[0]?.['total'] ?? 0);
  return {
    total,
    journeys: rows
      .filter((row) => row['customer_id'] !== null)
      .map((row) => ({ customer: String(row['customer_id']), at: new Date(Number(row['anchor_at'])).toISOString() })),
    ...(cursor + limit < total ? { next: cursor + limit } : {}),
  };
}
