import type { MilestoneSpec } from '../../../schemas/milestone';
import type { LakeCommitQueries, TableWrite } from '../../lake/queries';
import type { LakeDialect } from '../../sql/lake-dialect';
import { literal } from '../../sql/quote';
import type { Completion } from '../evaluate';
import type { Milestone } from '../milestone';
import { reachedSql } from './reached-sql';
import { sourceOf, type MilestoneSource } from './seen-sql';

/** A computation, however it is made. */
export interface ComputationRun {
  /** To be computed, each after those it is made of; with what it was computed from. */
  readonly computed: readonly (Milestone & { readonly basis: string })[];
  /** Whose rows stay as they are. */
  readonly kept: readonly string[];
  /** Which are no more. */
  readonly retired: readonly string[];
  /** Epoch milliseconds: until when everything that happened is known, and when this is computed. */
  readonly asOf: number;
  /** Days (YYYY-MM-DD): what was reached before or after stays as it is. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Names the rows of this computation. */
  readonly batch: string;
}

/** One that is made in SQL. */
export interface Recomputation extends ComputationRun {
  /** The alphabet of the journeys. */
  readonly codes: ReadonlyMap<string, number>;
}

/** Who reached a milestone by the last computation that the lake has. */
export function reachedInLake({ milestones: { epochMs } }: LakeDialect): MilestoneSource['reached'] {
  return (name) =>
    `SELECT customer_id, ${epochMs('reached_at')} AS reached_at FROM milestones WHERE milestone = ${literal(name)}`;
}

/** Who reached what, for everybody, as one commit. */
export function recomputeQueries(run: Recomputation, dialect: LakeDialect): LakeCommitQueries {
  const tables = new Map(run.computed.map(({ spec }, index) => [spec.name, `reached_${index}`]));
  const reached: MilestoneSource['reached'] = (name) => {
    const table = tables.get(name);
    if (table !== undefined) return `SELECT customer_id, reached_at FROM ${table}`;
    return reachedInLake(dialect)(name);
  };
  const prepare = run.computed.map(({ spec }) => {
    const source = sourceOf(spec, run.codes, reached);
    return {
      name: tables.get(spec.name)!,
      select: reachedSql({ spec, source, dialect: dialect.milestones, asOf: run.asOf }),
    };
  });
  const rowsOf: RowsOf = ({ spec }) => {
    const times = dialect.lists.list(spec.steps.flatMap((_, step) => [`from_${step}`, `at_${step}`]));
    return `SELECT customer_id, reached_at, ${times} AS step_times FROM ${tables.get(spec.name)!}`;
  };
  return { prepare, writes: writesOf(run, rowsOf, dialect) };
}

/** Columns of what was found outside SQL; `step_times` is the list as JSON. */
export const FOUND_COLUMNS = {
  milestone: 'VARCHAR',
  customer_id: 'VARCHAR',
  reached_at: 'DOUBLE',
  step_times: 'VARCHAR',
} as const;

/** Who reached what, as it was found outside SQL and is in a table with `FOUND_COLUMNS`, as one commit. */
export function foundWrites(run: ComputationRun, table: string, dialect: LakeDialect): TableWrite[] {
  return writesOf(
    run,
    ({
      spec,
    }) => `SELECT customer_id, CAST(reached_at AS BIGINT) AS reached_at, ${dialect.listOf('step_times', 'BIGINT')} AS step_times
  FROM ${table} WHERE milestone = ${literal(spec.name)}`,
    dialect,
  );
}

/** The steps of a completion as a list in JSON: of every step in turn when its first and its last event was. */
export function stepTimesText({ steps }: MilestoneSpec, completion: Completion): string {
  const times = steps.flatMap((_, step): (number | null)[] => {
    const match = completion.find((each) => each.step === step);
    return match === undefined ? [null, null] : [match.from, match.at];
  });
  return JSON.stringify(times);
}

/** What a computation would come to, by milestone: `milestone`, `version`, `reached`, `customers`, as numbers. */
export function dryRunSql(run: Recomputation, dialect: LakeDialect): string {
  const queries = new Map<string, string>();
  const reached: MilestoneSource['reached'] = (name) =>
    queries.has(name)
      ? `SELECT customer_id, reached_at FROM (${queries.get(name)!}) AS part`
      : reachedInLake(dialect)(name);
  const counted = run.computed.map(({ spec, version }) => {
    const source = sourceOf(spec, run.codes, reached);
    const query = reachedSql({ spec, source, dialect: dialect.milestones, asOf: run.asOf });
    queries.set(spec.name, query);
    return `SELECT ${literal(spec.name)} AS milestone, ${literal(version)} AS version, CAST(count(*) AS DOUBLE) AS reached,
  CAST(count(DISTINCT customer_id) AS DOUBLE) AS customers FROM (${query}) AS reached`;
  });
  return counted.length === 0
    ? "SELECT '' AS milestone, '' AS version, 0 AS reached, 0 AS customers WHERE false"
    : counted.join('\nUNION ALL\n');
}

/** Who reached a milestone that was computed, as a query: `customer_id`, `reached_at` in epoch milliseconds, `step_times`. */
type RowsOf = (milestone: Milestone) => string;

function writesOf(run: ComputationRun, rowsOf: RowsOf, dialect: LakeDialect): TableWrite[] {
  return [
    { table: 'milestones', mode: 'replace', select: milestoneRows(run, rowsOf, dialect) },
    { table: 'milestone_runs', mode: 'append', select: runRows(run, rowsOf, dialect) },
  ];
}

function milestoneRows(run: ComputationRun, rowsOf: RowsOf, { timestampOf }: LakeDialect): string {
  const inRange = rangeSql(run);
  const names = run.computed.map(({ spec }) => literal(spec.name));
  const kept = run.kept.map(literal);
  const columns = 'customer_id, milestone, version, reached_at, step_times';
  const old = [
    ...(kept.length === 0 ? [] : [`SELECT ${columns} FROM milestones WHERE milestone IN (${kept.join(', ')})`]),
    ...(inRange === 'true' || names.length === 0
      ? []
      : [`SELECT ${columns} FROM milestones WHERE milestone IN (${names.join(', ')}) AND NOT (${inRange})`]),
  ];
  const fresh = run.computed.map(
    (
      milestone,
    ) => `SELECT * FROM (SELECT customer_id, ${literal(milestone.spec.name)} AS milestone, ${literal(milestone.version)} AS version,
  ${timestampOf('reached_at')} AS reached_at, step_times FROM (${rowsOf(milestone)}) AS found) WHERE ${inRange}`,
  );
  const all = [...old, ...fresh];
  const rows = all.length === 0 ? [`SELECT ${columns} FROM milestones WHERE false`] : all;
  return `SELECT ${columns} FROM (${rows.join('\nUNION ALL\n')}) ORDER BY milestone, customer_id, reached_at`;
}

function rangeSql({ from, to }: ComputationRun): string {
  const bounds = [
    ...(from === undefined ? [] : [`reached_at >= DATE ${literal(from)}`]),
    ...(to === undefined ? [] : [`reached_at < DATE ${literal(to)} + INTERVAL '1' DAY`]),
  ];
  return bounds.join(' AND ') || 'true';
}

function runRows(run: ComputationRun, rowsOf: RowsOf, { timestampOf }: LakeDialect): string {
  const row = (name: string, version: string, status: string, basis: string, found?: string) => {
    const count = (what: string) => (found === undefined ? '0' : `(SELECT count(${what}) FROM (${found}) AS found)`);
    return `SELECT ${literal(run.batch)} AS batch, ${literal(name)} AS milestone, ${literal(version)} AS version,
  ${literal(status)} AS status, ${literal(basis)} AS basis, ${timestampOf(String(run.asOf))} AS computed_at,
  ${count('*')} AS reached, ${count('DISTINCT customer_id')} AS customers`;
  };
  return [
    ...run.computed.map((milestone) =>
      row(milestone.spec.name, milestone.version, 'computed', milestone.basis, rowsOf(milestone)),
    ),
    ...run.retired.map((name) => row(name, '', 'retired', '')),
  ].join('\nUNION ALL\n');
}
