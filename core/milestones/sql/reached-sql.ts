import type { MilestoneSpec, MilestoneStep } from '../../../schemas/milestone';
import type { MilestoneDialect } from '../../sql/dialects';
import { stepsBefore } from '../pattern';
import { conditionSql } from './condition-sql';
import { seenSql, type MilestoneSource } from './seen-sql';

/** Common table expressions by name, in order. */
export type Tables = Record<string, string>;

export interface ReachedSqlInput {
  readonly spec: MilestoneSpec;
  readonly source: MilestoneSource;
  readonly dialect: MilestoneDialect;
  /** Epoch milliseconds: the time until which everything that happened is known. */
  readonly asOf: number;
}

/** More steps than a milestone may have: tells steps apart in one number with their times. */
const STEPS = 16;

/**
 * Who reached a milestone, as one query: `customer_id`, `reached_at` and, of every step, `from_0`, `at_0` … (null where
 * an optional step was left out); times are epoch milliseconds. It finds what `completionsOf` and `reachedBy` find.
 *
 * From step to step every moment takes along the latest start that leads to it, by a window over time; so the work is
 * that of sorting the events, whatever the windows hold. The steps on the way are looked up for the few that reached.
 */
export function reachedSql(input: ReachedSqlInput): string {
  const { tables, result } = reachedTables(input);
  const named = Object.entries(tables).map(([name, select]) => `${name} AS (${select})`);
  return `WITH ${named.join(',\n')}\n${result}`;
}

/**
 * The query of `reachedSql` in parts: tables in the order in which they need one another, and what is read from them. For
 * engines that compute a table as often as it is named (`MilestoneDialect.inlinesTables`) each is to be made once.
 */
export function reachedTables(input: ReachedSqlInput): { readonly tables: Tables; readonly result: string } {
  const { spec } = input;
  const tables = { seen: seenSql(input), ...waysTables(input), ...countedTables(input), ...chainTables(spec) };
  return { tables, result: chainSql(spec) };
}

/**
 * Who is awaited not to do something: `customer_id`, and `due_at` (epoch milliseconds), the end of the absence that ends
 * first. It finds what `reachedBy` tells as `nextDue`.
 *
 * @param input of a milestone that is reached by an absence
 */
export function awaitedSql(input: ReachedSqlInput): string {
  const { spec, source, asOf } = input;
  const tables: Tables = { seen: seenSql(input), ...waysTables(input), in_time: inTimeSql(spec) };
  const named = Object.entries(tables).map(([name, select]) => `${name} AS (${select})`);
  const { within } = spec.notFollowedBy!;
  return `WITH ${named.join(',\n')}
SELECT customer_id, min(last_at) + ${within} AS due_at FROM (${quietSql(spec.notFollowedBy!, source)}) AS quiet
WHERE last_at + ${within} > ${asOf} GROUP BY customer_id`;
}

/** `ways_k` by step: every moment that can be come to (`first_at`, `last_at`) with the latest start that leads to it. */
function waysTables({ spec, source }: ReachedSqlInput): Tables {
  const tables: Tables = {};
  spec.steps.forEach((step, index) => {
    tables[`moments_${index}`] = momentsSql(step, source);
    tables[`ways_${index}`] = index === 0 ? firstWaysSql(spec, source) : nextWaysSql(spec, index);
  });
  return tables;
}

function momentsSql(step: MilestoneStep, { letterOf }: MilestoneSource): string {
  const fitting = `FROM seen WHERE ${conditionSql(step, letterOf)}`;
  const { atLeast } = step;
  if (atLeast === undefined) return `SELECT DISTINCT customer_id, at_ms AS first_at, at_ms AS last_at ${fitting}`;
  // Of events at the same time the last one in any order sees all of them: it has the latest n-th before it.
  return `SELECT customer_id, max(nth) AS first_at, at_ms AS last_at FROM (
  SELECT customer_id, at_ms, lag(at_ms, ${atLeast.count - 1}) OVER (PARTITION BY customer_id ORDER BY at_ms) AS nth ${fitting}
) AS counted GROUP BY customer_id, at_ms HAVING at_ms - max(nth) <= ${atLeast.within}`;
}

function firstWaysSql({ notBefore }: MilestoneSpec, { letterOf }: MilestoneSource): string {
  const all = 'SELECT customer_id, first_at, last_at, first_at AS start_at FROM moments_0';
  if (notBefore === undefined) return all;
  const unwanted = `SELECT customer_id, at_ms AS seen_at, at_ms AS value FROM seen WHERE ${conditionSql(notBefore, letterOf)}`;
  const looked = lookedSql('moments_0', 'first_at, last_at', 'first_at', unwanted, before(notBefore.within));
  return `SELECT customer_id, first_at, last_at, first_at AS start_at FROM (${looked}) AS looked WHERE value IS NULL`;
}

function nextWaysSql(spec: MilestoneSpec, index: number): string {
  const ways = stepsBefore(spec, index).map(
    (step) => `SELECT customer_id, last_at AS seen_at, start_at AS value FROM ways_${step}`,
  );
  const frame = before(spec.steps[index]!.within);
  const looked = lookedSql(`moments_${index}`, 'first_at, last_at', 'first_at', ways.join(' UNION ALL '), frame);
  return `SELECT customer_id, first_at, last_at, value AS start_at FROM (${looked}) AS looked WHERE value IS NOT NULL`;
}

/** The greatest `value` that rows of others, (customer_id, seen_at, value), have within a frame of time around each row. */
function lookedSql(table: string, columns: string, time: string, others: string, frame: string): string {
  const none = columns.split(', ').map((column) => `NULL AS ${column}`);
  return `SELECT customer_id, ${columns}, value FROM (
  SELECT customer_id, ${columns}, is_row,
    max(value) OVER (PARTITION BY customer_id ORDER BY seen_at RANGE BETWEEN ${frame}) AS value
  FROM (SELECT customer_id, ${time} AS seen_at, NULL AS value, ${columns}, 1 AS is_row FROM ${table}
    UNION ALL SELECT customer_id, seen_at, value, ${none.join(', ')}, 0 AS is_row FROM (${others}) AS others) AS both_kinds
) AS framed WHERE is_row = 1`;
}

function before(longest: number | undefined): string {
  return `${longest ?? 'UNBOUNDED'} PRECEDING AND 1 PRECEDING`;
}

/** `completed`: the moments at which all steps are there; `reached`: those that count. */
function countedTables({ spec, source, dialect, asOf }: ReachedSqlInput): Tables {
  const tables: Tables = { in_time: inTimeSql(spec) };
  tables['completed'] = completedSql(spec, source, asOf);
  tables['reached'] = coolingSql(spec, dialect);
  return tables;
}

function inTimeSql({ steps, within }: MilestoneSpec): string {
  const inTime = within === undefined ? '' : ` WHERE last_at - start_at <= ${within}`;
  return `SELECT customer_id, first_at, last_at, start_at FROM ways_${steps.length - 1}${inTime}`;
}

function completedSql({ notFollowedBy }: MilestoneSpec, source: MilestoneSource, asOf: number): string {
  if (notFollowedBy === undefined)
    return 'SELECT customer_id, first_at, last_at, start_at, last_at AS reached_at FROM in_time';
  const { within } = notFollowedBy;
  return `SELECT customer_id, first_at, last_at, start_at, last_at + ${within} AS reached_at
  FROM (${quietSql(notFollowedBy, source)}) AS quiet WHERE last_at + ${within} <= ${asOf}`;
}

/** Of `in_time` what nothing unwanted has followed so far. */
function quietSql(unwanted: NonNullable<MilestoneSpec['notFollowedBy']>, { letterOf }: MilestoneSource): string {
  const seen = `SELECT customer_id, at_ms AS seen_at, at_ms AS value FROM seen WHERE ${conditionSql(unwanted, letterOf)}`;
  const frame = `1 FOLLOWING AND ${unwanted.within} FOLLOWING`;
  const looked = lookedSql('in_time', 'first_at, last_at, start_at', 'last_at', seen, frame);
  return `SELECT customer_id, first_at, last_at, start_at FROM (${looked}) AS looked WHERE value IS NULL`;
}

function coolingSql({ coolDown }: MilestoneSpec, dialect: MilestoneDialect): string {
  if (coolDown === undefined) return 'SELECT * FROM completed';
  if (coolDown === 'never') {
    return `SELECT completed.* FROM completed
  JOIN (SELECT customer_id, min(reached_at) AS reached_at FROM completed GROUP BY customer_id) AS earliest
  ON earliest.customer_id = completed.customer_id AND earliest.reached_at = completed.reached_at`;
  }
  const times = `SELECT customer_id, ${dialect.ascending('reached_at')} AS times FROM completed GROUP BY customer_id`;
  const kept = `SELECT customer_id, ${dialect.cooledDown('times', coolDown)} AS kept FROM (${times}) AS listed`;
  return `SELECT completed.* FROM completed
  JOIN (${dialect.eachOf('kept', 'kept_at', 'customer_id', `(${kept}) AS cooled`)}) AS kept_times
  ON kept_times.customer_id = completed.customer_id AND kept_times.kept_at = completed.reached_at`;
}

/** `chain_k` by step: who came by it (`customer_id`, `reached_at`) and when; `best_k`: from where. */
function chainTables(spec: MilestoneSpec): Tables {
  const last = spec.steps.length - 1;
  const tables: Tables = {
    [`chain_${last}`]: 'SELECT customer_id, reached_at, first_at, last_at, start_at FROM reached',
  };
  for (let step = last; step > 0; step--) {
    tables[`best_${step}`] = bestSql(spec, step);
    const target = step - 1;
    const coming = comingFrom(spec, target).map(
      (later) => `SELECT customer_id, reached_at, best FROM best_${later} WHERE best % ${STEPS} = ${target}`,
    );
    tables[`chain_${target}`] = `SELECT coming.customer_id AS customer_id, coming.reached_at AS reached_at,
    way.first_at AS first_at, way.last_at AS last_at, way.start_at AS start_at
  FROM (${coming.join(' UNION ALL ')}) AS coming
  JOIN ways_${target} AS way ON way.customer_id = coming.customer_id AND way.last_at * ${STEPS} + ${target} = coming.best`;
  }
  return tables;
}

/** The later steps that may come right after a step. */
function comingFrom(spec: MilestoneSpec, step: number): number[] {
  return spec.steps.flatMap((_, later) => (later > step && stepsBefore(spec, later).includes(step) ? [later] : []));
}

/** Of the ways to a step that have its start, the latest moment before it, and of equal ones the later step. */
function bestSql(spec: MilestoneSpec, step: number): string {
  const ways = stepsBefore(spec, step).map(
    (earlier) => `SELECT customer_id, last_at, start_at, ${earlier} AS step FROM ways_${earlier}`,
  );
  const longest = spec.steps[step]!.within;
  const inTime = longest === undefined ? '' : ` AND link.first_at - way.last_at <= ${longest}`;
  return `SELECT link.customer_id AS customer_id, link.reached_at AS reached_at,
    max(way.last_at * ${STEPS} + way.step) AS best
  FROM chain_${step} AS link JOIN (${ways.join(' UNION ALL ')}) AS way
  ON way.customer_id = link.customer_id AND way.start_at = link.start_at AND way.last_at < link.first_at${inTime}
  GROUP BY link.customer_id, link.reached_at`;
}

function chainSql({ steps }: MilestoneSpec): string {
  const last = steps.length - 1;
  const columns = steps.map((_, step) => `chain_${step}.first_at AS from_${step}, chain_${step}.last_at AS at_${step}`);
  const joins = steps.slice(0, last).map(
    (_, step) => `LEFT JOIN chain_${step} ON chain_${step}.customer_id = chain_${last}.customer_id
  AND chain_${step}.reached_at = chain_${last}.reached_at`,
  );
  return `SELECT chain_${last}.customer_id AS customer_id, chain_${last}.reached_at AS reached_at, ${columns.join(', ')}
FROM chain_${last} ${joins.join('\n')}`;
}
