import { kpiTableNames, kpiTables, type KpiTable } from '../../core/kpis/kpi-tables';
import { lakeTables, type LakeTable } from '../../core/lake/tables';
import type { KpiContent } from '../../ports/kpi-store';
import type { ColumnBatch, Lake } from '../../ports/lake';

export type KpiRows = Readonly<Record<KpiTable, readonly (readonly unknown[])[]>>;

/** What texts and SQL of all kinds are made of. */
export const HOSTILE = [
  `o'clock "quoted" \\ \\N \\. ; 日本 😀 ü\n\r\t`,
  `'); DROP TABLE events; --`,
  '$business_date :name ::text $1 %s {{x}}',
  '',
] as const;

/** A content of so many customers, each with a call and a visit; texts of all kinds are among the channels. */
export function kpiRows(customers: number, mark = 'c'): KpiRows {
  const all = Array.from({ length: customers }, (_, index) => `${mark}${String(index).padStart(5, '0')}`);
  const events = all.flatMap((id, index) => [
    [`p-${id}`, 'crm', 'call_center', 'call', `2026-01-0${1 + (index % 9)} 09:30:00.123456`],
    [`p-${id}`, 'web', 'visit', index < HOSTILE.length ? HOSTILE[index] : 'web', '2026-01-20 23:59:59.999999'],
  ]);
  return {
    events: [...events, [null, 'crm', null, null, '1969-12-31 23:59:59']],
    identities: all.map((id) => [`p-${id}`, id]),
    customers: all.map((id, index) => [
      ...[id, HOSTILE[index % HOSTILE.length], null, '1980-02-29', null, null, 'Köln', BigInt(1 + (index % 3)), 'crm'],
      '2026-01-01 00:00:00',
    ]),
    milestones: all.slice(0, 3).map((id) => [id, 'churned', '2026-01-21 00:00:00']),
    journey_steps: all.flatMap((id) => [
      [id, 1, 0, 1_767_259_800_123n, 'call'],
      [id, 2, 65_535, 9_007_199_254_740_991n, 'web'],
    ]),
    steps: [
      [0, 'call_center'],
      [65_535, HOSTILE[0]],
    ],
    // Of their visits.
    ratings: all
      .slice(0, 4)
      .map((id, index) => [`p-${id}`, HOSTILE[index], '2026-01-20 23:59:59.999999', 1 + index, 7 + index]),
    propensities: all.slice(0, 4).map((id) => ['churn', 'v1', id, '2026-01-20 00:00:00', 0.25, null]),
    model_lifts: [
      ['churn', 'v1', '2026-01-06 00:00:00', 1.5],
      ['churn', 'v1', '2026-01-20 00:00:00', 2.5],
      ['fraud', 'v2', '2026-01-20 00:00:00', 3.5],
    ],
  };
}

/** Rows as a store is given them, in batches of some. */
export function kpiContent(revision: string, rows: KpiRows): KpiContent {
  const tables = kpiTableNames.map((table) => [
    table,
    { columns: kpiTables[table], batches: batchesOf(table, rows[table]) },
  ]);
  return { revision, tables: Object.fromEntries(tables) as KpiContent['tables'] };
}

function* batchesOf(table: KpiTable, rows: readonly (readonly unknown[])[], size = 700): Generator<ColumnBatch> {
  for (let from = 0; from < rows.length; from += size) {
    const some = rows.slice(from, from + size);
    const columns = Object.keys(kpiTables[table]).map((name, index) => [name, some.map((row) => row[index])]);
    yield { rows: some.length, columns: Object.fromEntries(columns) as ColumnBatch['columns'] };
  }
}

/** KPI tables that are made of other tables of the lake. */
const MADE = ['propensities', 'ratings', 'model_lifts'] as const;

/** The same rows as tables of a lake; journeys where its dialect makes words of steps that are given. */
export async function holdInLake(lake: Lake, rows: KpiRows): Promise<void> {
  const tables = kpiTableNames.filter((table): table is KpiTable & LakeTable => table in lakeTables);
  const inputs = [...tables, ...MADE].map((table) => {
    const told = Object.entries(kpiTables[table]).map(([name, type]) => {
      return [name, type === 'TIMESTAMP' || type === 'DATE' ? 'VARCHAR' : type];
    });
    return [`of_${table}`, { columns: Object.fromEntries(told), batches: batchesOf(table, rows[table]) }] as const;
  });
  const steps = rows.journey_steps.map(([customer, place, code, at, channel]) => {
    return { customer, place, code, at, channel };
  });
  const given = {
    columns: { customer_id: 'VARCHAR', place: 'BIGINT', code: 'INTEGER', occurred_ms: 'BIGINT', channel: 'VARCHAR' },
    batches: [
      {
        rows: steps.length,
        columns: {
          customer_id: steps.map(({ customer }) => customer),
          place: steps.map(({ place }) => BigInt(place as number)),
          code: steps.map(({ code }) => code),
          occurred_ms: steps.map(({ at }) => at),
          channel: steps.map(({ channel }) => channel),
        },
      },
    ],
  };
  await lake.commit({
    key: `hold:${Math.random()}`,
    inputs: { ...Object.fromEntries(inputs), of_steps_taken: given },
    writes: [
      ...tables.map((table) => ({ table, mode: 'replace', select: filled(table, lake) }) as const),
      { table: 'journeys', mode: 'replace', select: wordsSql(lake) },
      { table: 'propensity_scores', mode: 'replace', select: scoresOf(lake) },
      { table: 'model_watch', mode: 'replace', select: watchesOf(lake) },
      {
        table: 'propensity_runs',
        mode: 'replace',
        select: `SELECT run, model, version, max(cut_off) AS cut_off, count(*) AS customers
FROM (${scoresOf(lake)}) AS scored GROUP BY run, model, version`,
      },
    ],
  });
}

/** A table's columns, of which some are given and the others are null. */
function filled(table: KpiTable & LakeTable, { dialect }: Lake): string {
  const given: Readonly<Record<string, string>> = kpiTables[table];
  const columns = Object.entries(lakeTables[table]).map(
    ([name, type]) => `CAST(${name in given ? name : 'NULL'} AS ${dialect.type(type)}) AS ${name}`,
  );
  if (table !== 'events') return `SELECT ${columns.join(', ')} FROM of_${table}`;
  const others = Object.entries(lakeTables.events).filter(([name]) => name !== 'attributes');
  const told = others.map(
    ([name, type]) => `CAST(${name in given ? `of_events.${name}` : 'NULL'} AS ${dialect.type(type)}) AS ${name}`,
  );
  const said = (name: string) => `'"${name}": ' || CAST(of_ratings.${name} AS ${dialect.type('VARCHAR')})`;
  const answers = `'{' || ${said('score')} || ', ' || ${said('nps')} || '}'`;
  return `SELECT ${Object.keys(lakeTables.events).join(', ')} FROM (
  SELECT ${told.join(', ')}, CASE WHEN of_ratings.score IS NOT NULL THEN ${answers} END AS attributes
  FROM of_events LEFT JOIN of_ratings ON of_ratings.profile_id = of_events.profile_id AND of_ratings.occurred_at = of_events.occurred_at
) AS told`;
}

function scoresOf({ dialect }: Lake): string {
  return `SELECT 'run' AS run, model, version, CAST(NULL AS ${dialect.type('VARCHAR')}) AS features, customer_id,
  CAST(cut_off AS ${dialect.type('TIMESTAMP')}) AS cut_off, score, class FROM of_propensities`;
}

function watchesOf({ dialect }: Lake): string {
  const about = `'{"lift10": ' || CAST(lift10 AS ${dialect.type('VARCHAR')}) || '}'`;
  return `SELECT 'run' AS run, model, version, CAST(cut_off AS ${dialect.type('TIMESTAMP')}) AS cut_off, '[]' AS findings, ${about} AS about
FROM of_model_lifts`;
}

function wordsSql({ dialect }: Lake): string {
  const list = (column: string, type: string) =>
    dialect.name === 'duckdb'
      ? `CAST(list(${column} ORDER BY place) AS ${dialect.type(type)}) AS`
      : `CAST(array_agg(${column} ORDER BY place) AS ${dialect.type(type)}) AS`;
  return `SELECT customer_id, ${list('code', 'USMALLINT[]')} word, ${list('occurred_ms', 'BIGINT[]')} times,
  ${list('channel', 'VARCHAR[]')} channels, CAST(NULL AS ${dialect.type('VARCHAR')}) AS encoding
FROM of_steps_taken GROUP BY customer_id`;
}
