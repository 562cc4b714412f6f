import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import type { SqlDialect } from '../../sql/dialects';
import { literal } from '../../sql/quote';
import { cutSql } from './cut-sql';
import { customersOf, rowsSql, withSql } from './rows-sql';
import { segmentSql } from './segment-sql';
import { sqlView, type JourneyCatalog, type SqlView } from './sql-view';
import { tallySql } from './tally-sql';

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
 * - `customers`: n looked at
 * - `total`: n journeys of x customers
 * - `length`: n journeys of x steps, y of which go on
 * - `position`: n journeys with the letter l0 at the distance x
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
  const ctes = { ...cutSql({ question, view, dialect, segment }), ...tallySql(question, dialect) };
  const looked = segment === undefined ? customersOf(dialect) : 'members';
  const rows = [
    rowsSql(question, literal('customers'), { n: 'count(*)' }, looked),
    rowsSql(question, 'kind', { n: 'n', x: 'x', y: 'y', l: 'l', m: 'm' }, 'tallied'),
  ];
  return { sql: `${withSql(ctes)}\n${rows.join('\nUNION ALL\n')}`, view };
}
