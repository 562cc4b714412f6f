import type { JourneyComparison, JourneyComparisonQuestion } from '../../../schemas/frequency';
import { double, literal } from '../../sql/quote';
import { rankDifferences } from '../compare-journeys';
import type { FrequencySql, SqlContext } from './answer-sql';
import { cutSql } from './cut-sql';
import {
  compareLetters,
  customersOf,
  numberedColumns,
  parseRow,
  rowsSql,
  withSql,
  type FrequencyRow,
} from './rows-sql';
import { segmentSql } from './segment-sql';
import { sqlView, type SqlView } from './sql-view';

/** The same for each side, where their customers differ. */
export interface ComparisonContext extends Omit<SqlContext, 'admitted'> {
  readonly admitted?: { readonly a?: string | undefined; readonly b?: string | undefined };
}

/** Fewer journeys than this expected on a side are never tested; somewhat less, because engines round. */
const NEARLY_FIVE = 4.999;

/**
 * One statement that compares two sides, in the columns of `frequencySql`:
 * - `a`, `b`: n customers looked at, x of them with y journeys
 * - `groups`: n different journeys
 * - `journey`: n equal journeys of side a, x of side b, where both together may be enough for the test; l their steps
 *
 * @throws HubError as `frequencySql` does
 */
export function comparisonSql(question: JourneyComparisonQuestion, context: ComparisonContext): FrequencySql {
  const { steps } = question;
  const f = numberedColumns('f', steps).join(', ');
  const sides = (['a', 'b'] as const).map((side) => sideSql(side, question, context));
  const ctes = {
    sides: sides.map(({ select }) => select).join('\nUNION ALL\n'),
    counts: `SELECT ${f}, sum(in_a) AS in_a, sum(in_b) AS in_b FROM sides GROUP BY ${f}`,
    sizes: 'SELECT sum(in_a) AS of_a, sum(in_b) AS of_b FROM sides',
  };
  const enough = `(in_a + in_b) * CASE WHEN of_a < of_b THEN of_a ELSE of_b END >= ${double(NEARLY_FIVE)} * (of_a + of_b)`;
  const row = { steps, repeats: 'keep' } as const;
  const rows = [
    ...sides.map(({ counts }) => counts),
    rowsSql(row, literal('groups'), { n: 'count(*)' }, 'counts'),
    rowsSql(row, literal('journey'), { n: 'in_a', x: 'in_b', l: 'f' }, `counts CROSS JOIN sizes WHERE ${enough}`),
  ];
  return { sql: `${withSql(ctes)}\n${rows.join('\nUNION ALL\n')}`, view: (sides[0] as (typeof sides)[0]).view };
}

function sideSql(side: 'a' | 'b', question: JourneyComparisonQuestion, context: ComparisonContext) {
  const { catalog, dialect, admitted } = context;
  const asked = { ...question, ...question[side] };
  const segment = segmentSql(catalog, asked.segment, dialect, admitted?.[side]);
  const view = sqlView(catalog, asked);
  const ctes = cutSql({ question: asked, view, dialect, segment });
  const columns = numberedColumns('f', question.steps).join(', ');
  const flags = side === 'a' ? '1 AS in_a, 0 AS in_b' : '0 AS in_a, 1 AS in_b';
  const all = segment === undefined ? customersOf(dialect) : `(${segment}) AS member`;
  const x = 'count(DISTINCT customer_id)';
  return {
    view,
    select: `SELECT ${flags}, customer_id, ${columns} FROM (${withSql(ctes)}\nSELECT * FROM cut) AS ${side}`,
    counts: rowsSql(
      { steps: question.steps, repeats: 'keep' },
      literal(side),
      { n: `(SELECT count(*) FROM ${all})`, x, y: 'count(*)' },
      `sides WHERE in_${side} = 1`,
    ),
  };
}

/** The answer in the rows of `comparisonSql`'s statement: the same as `compareFrequency` gives. */
export function readComparison(
  rows: readonly FrequencyRow[],
  { a, b, steps, top }: JourneyComparisonQuestion,
  { names }: SqlView,
): Omit<JourneyComparison, 'timings'> {
  const parsed = rows.map((row) => parseRow(row, steps));
  const only = (kind: string) => parsed.find((row) => row.kind === kind);
  const countsOf = (side: 'a' | 'b', name: string) => ({
    name,
    customers: only(side)?.x ?? 0,
    journeysCounted: only(side)?.y ?? 0,
    allCustomers: only(side)?.n ?? 0,
  });
  const sideA = countsOf('a', a.name);
  const sideB = countsOf('b', b.name);
  const groups = parsed.filter(({ kind }) => kind === 'journey').map(({ n, x, letters }) => ({ n, x, letters }));
  const counted = {
    ofA: sideA.journeysCounted,
    ofB: sideB.journeysCounted,
    countsOfA: groups.map(({ n }) => n),
    countsOfB: groups.map(({ x }) => x),
  };
  const byCount = (one: number, other: number) => {
    const [first, second] = [groups[one]!, groups[other]!];
    return second.n + second.x - first.n - first.x || compareLetters(first.letters, second.letters);
  };
  const { tested, ranked } = rankDifferences(counted, top, byCount);
  return {
    a: sideA,
    b: sideB,
    journeys: ranked.map(({ group, difference }) => ({
      steps: groups[group]!.letters.map((letter) => names[letter] as string),
      ...difference,
    })),
    tested,
    untested: (only('groups')?.n ?? 0) - tested,
  };
}
