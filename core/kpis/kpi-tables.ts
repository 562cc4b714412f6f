import { lakeTables, type LakeTable } from '../lake/tables';
import { newestScoresSql } from '../propensity/scores-sql';
import type { LakeDialect } from '../sql/lake-dialect';
import { identifier } from '../sql/quote';

/**
 * The tables that KPIs are asked of, in every KPI store: columns in order, as portable SQL types. They are of the lake's
 * tables what KPIs need, under the same names; and the journeys, a step a row.
 */
export const kpiTables = {
  events: { profile_id: 'VARCHAR', source: 'VARCHAR', type: 'VARCHAR', channel: 'VARCHAR', occurred_at: 'TIMESTAMP' },
  identities: { profile_id: 'VARCHAR', customer_id: 'VARCHAR' },
  customers: lakeTables.customers,
  milestones: { customer_id: 'VARCHAR', milestone: 'VARCHAR', reached_at: 'TIMESTAMP' },
  /** `place` counts from 1 in the order of time, `code` is of `steps`, `at_ms` is in epoch milliseconds. */
  journey_steps: {
    customer_id: 'VARCHAR',
    place: 'INTEGER',
    code: 'INTEGER',
    at_ms: 'BIGINT',
    channel: 'VARCHAR',
  },
  steps: lakeTables.steps,
  /**
   * What customers answered in surveys: events with a number in the attribute `score`, how satisfied they are (1 to 5), or in `nps`, how
   * likely they recommend the operator (0 to 10).
   */
  ratings: {
    profile_id: 'VARCHAR',
    channel: 'VARCHAR',
    occurred_at: 'TIMESTAMP',
    score: 'DOUBLE',
    nps: 'DOUBLE',
  },
  /** What every deployed model said of customers when it was last asked of everybody. */
  propensities: {
    model: 'VARCHAR',
    version: 'VARCHAR',
    customer_id: 'VARCHAR',
    cut_off: 'TIMESTAMP',
    score: 'DOUBLE',
    class: 'VARCHAR',
  },
  /**
   * How many times as frequent it was among the tenth of customers that a model had named first: of the newest whose horizon had passed
   * when the model was asked of everybody.
   */
  model_lifts: { model: 'VARCHAR', version: 'VARCHAR', cut_off: 'TIMESTAMP', lift10: 'DOUBLE' },
} as const;

export type KpiTable = keyof typeof kpiTables;
export const kpiTableNames = Object.keys(kpiTables) as KpiTable[];

/** The tables of the lake that those of a KPI store are made of. */
export const kpiSources: readonly LakeTable[] = [
  'events',
  'identities',
  'customers',
  'milestones',
  'journeys',
  'steps',
  'propensity_scores',
  'propensity_runs',
  'model_runs',
  'model_watch',
];

/** A query over the lake for the rows of a table, with times as texts: these are exact, and the same of every engine. */
export function kpiTableQuery(table: KpiTable, dialect: LakeDialect): string {
  const columns = Object.entries(kpiTables[table]).map(([name, type]) => {
    const told = type === 'TIMESTAMP' || type === 'DATE' ? 'VARCHAR' : type;
    return `CAST(${identifier(name)} AS ${dialect.type(told)}) AS ${identifier(name)}`;
  });
  const made = madeKpiTables(dialect).get(table);
  return `SELECT ${columns.join(', ')} FROM ${made === undefined ? table : `(${made}) AS made`}`;
}

/** The tables that the lake does not have, as queries over it. */
export function madeKpiTables(dialect: LakeDialect): ReadonlyMap<string, string> {
  return new Map([
    ['journey_steps', dialect.journeySteps],
    ['propensities', newestScoresSql],
    ['ratings', ratingsSql(dialect)],
    ['model_lifts', modelLiftsSql(dialect)],
  ]);
}

function ratingsSql(dialect: LakeDialect): string {
  const score = numberIn('attributes', 'score', dialect);
  const nps = numberIn('attributes', 'nps', dialect);
  return `SELECT profile_id, channel, occurred_at, ${score} AS score, ${nps} AS nps FROM events
WHERE ${score} IS NOT NULL OR ${nps} IS NOT NULL`;
}

function modelLiftsSql(dialect: LakeDialect): string {
  const lift = numberIn('about', 'lift10', dialect);
  return `SELECT model, version, cut_off, ${lift} AS lift10 FROM model_watch WHERE ${lift} IS NOT NULL`;
}

function numberIn(json: string, name: string, { jsonValue, type }: LakeDialect): string {
  return `TRY_CAST(${jsonValue(json, name)} AS ${type('DOUBLE')})`;
}
