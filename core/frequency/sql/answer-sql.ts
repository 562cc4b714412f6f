import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import type { SqlDialect } from '../../sql/dialects';
import { cutSql } from './cut-sql';
import type { CutSqlInput } from './cut-sql-input';
import { nodesSql } from './nodes-sql';
import { customersOf, numberedColumns, rowsSql, withSql } from './rows-sql';
import { segmentSql } from './segment-sql';
import { sqlView, type JourneyCatalog, type SqlView } from './sql-view';

/** What a statement needs to know besides the question. */
export interface SqlContext {
  readonly catalog: JourneyCatalog;
  readonly dialect: SqlDialect;
  /** A query for the customers (`customer_id`) whose attributes are asked for; all when absent. */
  readonly admitted?: string | undefined;
}

/** A statement, and what its letters mean. */
export interface FrequencySql {
  readonly sql: string;
  readonly view: SqlView;
}

/**
 * One statement that answers a frequency question. Its rows have the columns `kind`, `n`, `x`, `y`, and `l0` …, `m0` …;
 * all but `kind` are integers, so that no engine's decimals differ.
 *
 * - `customers`: n looked at, x of them with a journey
 * - `length`: n journeys of x steps, y of which go on
 * - `position`: n journeys with the letter y at the distance x
 * - `journey`: n equal journeys, their median x and nine tenths y in ms; l their steps in time, m how often in all each of
 *   them happened, where repeats collapse
 * - `node`: n journeys whose steps outwards begin with l, where -1 stands for no further step; y of them go on; x is how
 *   many different steps there are in the place of the last
 *
 * @throws HubError those of `sqlView` and `segmentSql`
 */
export function frequencySql(question: JourneyFrequencyQuestion, context: SqlContext): FrequencySql {
  const { catalog, dialect, admitted } = context;
  const view = sqlView(catalog, question);
  const segment = segmentSql(catalog, question.segment, dialect, admitted);
  const input: CutSqlInput = { question, view, dialect, segment, outwards: question.tree !== undefined };
  const ctes = { ...cutSql(input), ...(question.tree === undefined ? {} : nodesSql(question.steps, question.tree)) };
  const rows = [
    customersRow(input),
    rowsSql(question, 'length', { n: 'count(*)', x: 'length', y: 'sum(goes_on)' }, 'cut GROUP BY length'),
    positionRows(question),
    journeyRows(question),
    ...(question.tree === undefined
      ? []
      : [rowsSql(question, 'node', { n: 'n', x: 'siblings', y: 'going', l: 's' }, 'shown')]),
  ];
  return { sql: `${withSql(ctes)}\n${rows.join('\nUNION ALL\n')}`, view };
}

function customersRow({ question, dialect, segment }: CutSqlInput): string {
  const n = `(SELECT count(*) FROM ${segment === undefined ? customersOf(dialect) : 'members'})`;
  return rowsSql(question, 'customers', { n, x: 'count(DISTINCT customer_id)' }, 'cut');
}

function positionRows(question: JourneyFrequencyQuestion): string {
  const passing = question.through.length === 0 ? '' : ' JOIN cut USING (customer_id, anchor)';
  const from = `walked${passing} WHERE depth < ${question.steps} GROUP BY depth, letter`;
  return rowsSql(question, 'position', { n: 'count(*)', x: 'depth', y: 'letter' }, from);
}

/** The most frequent journeys, as `topGroups` orders them; median and nine tenths by nearest rank. */
function journeyRows(question: JourneyFrequencyQuestion): string {
  const { steps, top, repeats } = question;
  const f = numberedColumns('f', steps);
  const r = repeats === 'collapse' ? numberedColumns('r', steps) : [];
  const same = `PARTITION BY ${f.join(', ')}`;
  const rank = (tenths: number) =>
    `max(CASE WHEN nth * 10 >= n * ${tenths} AND (nth - 1) * 10 < n * ${tenths} THEN took_ms END)`;
  const sums = r.map((column) => `, sum(${column}) AS ${column}`).join('');
  const ranked = `SELECT ${[...f, ...r].join(', ')}, took_ms, count(*) OVER (${same}) AS n,
    row_number() OVER (${same} ORDER BY took_ms) AS nth FROM cut`;
  const groups = `SELECT ${f.join(', ')}, n, ${rank(5)} AS median_ms, ${rank(9)} AS p90_ms${sums}
  FROM (${ranked}) AS ranked GROUP BY ${f.join(', ')}, n
  ORDER BY n DESC, ${f.map((column) => `${column} NULLS FIRST`).join(', ')} LIMIT ${top}`;
  return rowsSql(question, 'journey', { n: 'n', x: 'median_ms', y: 'p90_ms', l: 'f', m: 'r' }, `(${groups}) AS groups`);
}
