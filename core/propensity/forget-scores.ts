import type { LakeCommitQueries } from '../lake/queries';
import type { LakeTable } from '../lake/tables';
import type { LakeDialect } from '../sql/lake-dialect';
import { literal } from '../sql/quote';
import { TREND_SCORINGS } from './scores-sql';

/** A scoring of which the lake has anything: its scores, that it is whole, or what was found then. */
export interface HeldScoring {
  readonly run: string;
  readonly model: string;
  /** Epoch milliseconds. */
  readonly cutOff: number;
  /** Its scores. */
  readonly rows: number;
  readonly isWhole: boolean;
  /** Whether the graph was told of it. */
  readonly isTold: boolean;
}

/** So much of all scores must be old before tables are written anew: each row is written about ten times in its life, not every night. */
const LEAST_SHARE = 0.1;

/** The tables that have rows of scorings. */
const TABLES: readonly LakeTable[] = ['propensity_scores', 'propensity_runs', 'model_watch'];

/**
 * The scorings that nobody asks for any more, by `run`: those older than `keepMs`, but for the whole ones that a model's trend is told
 * of and the last that the graph was told of, which is what it is compared with. Age is counted from the newest scoring, so that a
 * hub without new data forgets nothing, and one that is under way is never old.
 */
export function scoringsToForget(held: readonly HeldScoring[], keepMs: number): string[] {
  const newest = held.reduce((latest, { cutOff }) => Math.max(latest, cutOff), -Infinity);
  const needed = new Set([
    ...newestOf(held, ({ isWhole }) => isWhole, TREND_SCORINGS),
    ...newestOf(held, ({ isWhole, isTold }) => isWhole && isTold, 1),
  ]);
  const old = held.filter(({ run, cutOff }) => cutOff < newest - keepMs && !needed.has(run));
  return rowsOf(old) < LEAST_SHARE * rowsOf(held) ? [] : old.map(({ run }) => run);
}

/** Of each model so many of the newest that are wanted. */
function newestOf(
  held: readonly HeldScoring[],
  isWanted: (scoring: HeldScoring) => boolean,
  most: number,
): readonly string[] {
  const taken = new Map<string, number>();
  // In the order that a trend has.
  const newestFirst = held
    .filter(isWanted)
    .sort((one, other) => other.cutOff - one.cutOff || (one.run < other.run ? -1 : 1));
  return newestFirst.flatMap(({ run, model }) => {
    const before = taken.get(model) ?? 0;
    taken.set(model, before + 1);
    return before < most ? [run] : [];
  });
}

function rowsOf(scorings: readonly HeldScoring[]): number {
  return scorings.reduce((sum, { rows }) => sum + rows, 0);
}

/** Every scoring of which there is anything: `run`, `model`, `cut_off_ms`, `scores`, and 1 or 0 for `whole` and `told`. */
export function heldScoringsSql({ milestones }: LakeDialect): string {
  const told = `SELECT batch FROM consumed_batches WHERE consumer = 'scores'`;
  return `SELECT run, model, CAST(${milestones.epochMs('cut_off')} AS DOUBLE) AS cut_off_ms, sum(score) AS scores,
  max(whole) AS whole, max(CASE WHEN run IN (${told}) THEN 1 ELSE 0 END) AS told
FROM (
  SELECT run, model, cut_off, 1 AS score, 0 AS whole FROM propensity_scores
  UNION ALL SELECT run, model, cut_off, 0, 1 FROM propensity_runs
  UNION ALL SELECT run, model, cut_off, 0, 0 FROM model_watch
) AS every_row GROUP BY run, model, cut_off`;
}

/** What leaves every row of some scorings out. */
export function forgettingWrites(runs: readonly string[]): LakeCommitQueries['writes'] {
  const among = runs.map(literal).join(', ');
  return TABLES.map((table) => ({
    table,
    mode: 'replace',
    select: `SELECT * FROM ${table} WHERE run NOT IN (${among})`,
  }));
}
