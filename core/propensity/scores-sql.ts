import type { LakeDialect } from '../sql/lake-dialect';
import { literal } from '../sql/quote';

/** A scoring of all customers by one model: its name, `<model>:<version>:<cut-off in ms>`, is the same for the same. */
export interface ScoringRun {
  readonly run: string;
  readonly model: string;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly cutOff: number;
}

/** Scorings of each model that a customer is told of at most: the newest, and the trend before it. */
export const TREND_SCORINGS = 30;

/** The rows of `propensity_scores`, of the table `scored` (customer_id, score, class, features). */
export function scoresSql({ run, model, version, cutOff }: ScoringRun, { timestampOf }: LakeDialect): string {
  return `SELECT ${literal(run)} AS run, ${literal(model)} AS model, ${literal(version)} AS version, features, customer_id,
  ${timestampOf(String(cutOff))} AS cut_off, score, class FROM scored`;
}

/** The row of `propensity_runs` that says that a scoring is whole. */
export function scoringRunSql({ run, model, version, cutOff }: ScoringRun, { timestampOf }: LakeDialect): string {
  return `SELECT ${literal(run)} AS run, ${literal(model)} AS model, ${literal(version)} AS version,
  ${timestampOf(String(cutOff))} AS cut_off, (SELECT count(*) FROM propensity_scores WHERE run = ${literal(run)}) AS customers`;
}

/** The row of `model_watch` that says what was found, of the table `found` (findings, about): they may be long. */
export function watchSql({ run, model, version, cutOff }: ScoringRun, { timestampOf }: LakeDialect): string {
  return `SELECT ${literal(run)} AS run, ${literal(model)} AS model, ${literal(version)} AS version,
  ${timestampOf(String(cutOff))} AS cut_off, findings, about FROM found`;
}

/**
 * The whole scorings, of each model the newest the first (`nth`): where two versions were asked of the same moment, that of the
 * version which was deployed last.
 */
const rankedRunsSql = `SELECT propensity_runs.run AS run, customers, cut_off, row_number() OVER (
    PARTITION BY propensity_runs.model ORDER BY cut_off DESC, coalesce(answered.since, 0) DESC, propensity_runs.run DESC
  ) AS nth FROM propensity_runs LEFT JOIN (
    SELECT model, version, max(sequence) AS since FROM model_runs WHERE status = 'deployed' GROUP BY model, version
  ) AS answered ON answered.model = propensity_runs.model AND answered.version = propensity_runs.version`;

/** What each model's newest whole scoring says, as the KPI table `propensities` has it. */
export const newestScoresSql = `SELECT model, version, customer_id, cut_off, score, class FROM propensity_scores WHERE run IN (
  SELECT run FROM (${rankedRunsSql}) AS newest WHERE nth = 1
)`;

/** What was found last of each model: `model`, `version`, `at_ms`, `findings`, `about`. */
export function newestWatchSql({ milestones }: LakeDialect): string {
  return `SELECT model, version, CAST(${milestones.epochMs('cut_off')} AS DOUBLE) AS at_ms, findings, about FROM (
  SELECT *, row_number() OVER (PARTITION BY model ORDER BY cut_off DESC, run DESC) AS nth FROM model_watch
) AS watched WHERE nth = 1`;
}

/**
 * What the whole scorings say of one customer, the newest first: `model`, `version`, `cut_off_ms`, `score`, `class`, how many
 * customers were scored (`customers`), and, of the newest, how many of them lower (`lower`).
 */
export function customerScoresSql(customer: string, { milestones }: LakeDialect): string {
  return `WITH newest AS (
  ${rankedRunsSql}
), own AS (
  SELECT run, model, version, score, class FROM propensity_scores WHERE customer_id = ${literal(customer)}
)
SELECT own.model AS model, own.version AS version, CAST(${milestones.epochMs('newest.cut_off')} AS DOUBLE) AS cut_off_ms,
  own.score AS score, own.class AS class, newest.customers AS customers, count(others.customer_id) AS lower
FROM own JOIN newest ON newest.run = own.run
LEFT JOIN propensity_scores AS others ON others.run = own.run AND newest.nth = 1 AND others.score < own.score
WHERE newest.nth <= ${TREND_SCORINGS}
GROUP BY own.model, own.version, newest.nth, newest.cut_off, own.score, own.class, newest.customers
ORDER BY own.model, newest.nth`;
}
