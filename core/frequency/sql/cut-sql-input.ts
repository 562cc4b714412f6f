import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import type { SqlDialect } from '../../sql/dialects';
import type { CutQuestion } from '../cut';
import type { SqlView } from './sql-view';

/** Common table expressions by name, in order. */
export type Ctes = Readonly<Record<string, string>>;

/** `cut`, and what it reads. */
export type CutCtes = Ctes & { readonly cut: string };

export type CutSqlQuestion = CutQuestion & Pick<JourneyFrequencyQuestion, 'segment'>;

/** What cutting in SQL needs. */
export interface CutSqlInput {
  readonly question: CutSqlQuestion;
  readonly view: SqlView;
  readonly dialect: SqlDialect;
  /** A query for the customers in the question's segment; all when absent. */
  readonly segment: string | undefined;
  /** Whether the steps outwards from the event of interest are needed as columns, `s0` …, too. */
  readonly outwards?: boolean;
}
