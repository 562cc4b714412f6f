import { changedScoresSql, scoreChanges } from '../core/propensity/graph-scores';
import { kindOf } from '../core/features/targets';
import { literal } from '../core/sql/quote';
import type { Graph } from '../ports/graph';
import type { Lake } from '../ports/lake';
import { cancellation, heartbeat } from './context';
import { consumed } from './pending-batches';
import type { ScoringPlan } from './propensity-scoring';

export interface ToldScores {
  /** Customers of whom the graph was told something else than it knew. */
  readonly customers: number;
}

export function createPropensityGraphActivities({ lake, graph }: { lake: Lake; graph: Graph }) {
  return {
    /** Gives the graph's customers what a model says of them, in one load: only of those of whom it says something else than before. */
    async tellScores({ run, model, spec }: ScoringPlan): Promise<ToldScores> {
      const read = { version: await lake.version(), signal: cancellation() };
      const before = await toldBefore(lake, model, read);
      if (before.length === 1 && before[0] === run) return { customers: 0 };
      const sql = changedScoresSql(run, before);
      const [count] = await lake.rows<{ changed: number | bigint }>(
        `SELECT count(*) AS changed FROM (${sql}) AS changes`,
        read,
      );
      const customers = Number(count?.changed ?? 0);
      const progress = { stage: 'tell', unit: 'customers', total: customers, detail: model } as const;
      heartbeat({ ...progress, done: 0 });
      const changes = async function* () {
        for await (const batch of lake.stream(sql, read)) {
          yield scoreChanges(model, batch, kindOf(spec.target) === 'classes');
        }
      };
      // Which customers there are may be others when it is tried again: each attempt is a load of its own.
      await graph.load(
        { changes: changes(), expected: customers },
        { signal: read.signal, onProgress: (done) => heartbeat({ ...progress, done }) },
      );
      await lake.commit({ key: `told:${run}`, ...consumed('scores', [run]) }, { signal: read.signal });
      return { customers };
    },
  };
}

/** The scorings of the last moment that the graph was told of, one of which it has: one, but where several versions were asked of it. */
async function toldBefore(
  lake: Lake,
  model: string,
  read: { readonly version: number; readonly signal: AbortSignal },
): Promise<string[]> {
  const sql = `SELECT run FROM (
  SELECT run, rank() OVER (ORDER BY cut_off DESC) AS nth FROM propensity_runs
  WHERE model = ${literal(model)} AND run IN (SELECT batch FROM consumed_batches WHERE consumer = 'scores')
) AS told WHERE nth = 1 ORDER BY run`;
  const rows = await lake.rows<{ run: string }>(sql, read);
  return rows.map(({ run }) => run);
}
