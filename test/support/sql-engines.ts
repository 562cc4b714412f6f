import { DuckDBInstance } from '@duckdb/node-api';
import type { JourneyWords } from '../../core/journeys/words';
import type { SqlDialect } from '../../core/sql/dialects';
import { duckDbDialect } from '../../core/sql/duckdb-dialect';
import { redshiftDialect } from '../../core/sql/redshift-dialect';
import { trinoDialect } from '../../core/sql/trino-dialect';
import { literal } from '../../core/sql/quote';
import { startPostgres } from '../stand-ins/postgres-server';
import { startTrino } from '../stand-ins/trino-server';

/** A running SQL engine whose tables hold journeys. */
export interface SqlEngine {
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Holds these journeys only; customers are known by their numbers. */
  hold(words: JourneyWords): Promise<void>;
  stop(): Promise<void>;
}

export interface SqlEngineKind {
  readonly name: string;
  readonly dialect: SqlDialect;
  /** How many data sets a property is tried with: some engines take a second for each. */
  readonly runs: number;
  start(): Promise<SqlEngine>;
}

/** Every engine that questions about journeys are answered by in SQL. */
export const sqlEngines: readonly SqlEngineKind[] = [
  { name: 'DuckDB', dialect: duckDbDialect, runs: 60, start: startDuckDb },
  { name: 'PostgreSQL, for Redshift', dialect: redshiftDialect, runs: 60, start: startPostgreSql },
  { name: 'Trino, for Athena', dialect: trinoDialect, runs: 4, start: startTrinoSql },
];

async function startDuckDb(): Promise<SqlEngine> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const run = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects();
  return {
    rows: run,
    hold: async (words) => {
      const rows = wordRows(words, (items, type) => `[${items.join(', ')}]::${type}[]`);
      await run(`CREATE OR REPLACE TABLE journeys AS SELECT * FROM (VALUES ${rows.join(', ')}) AS journey
(customer_id, word, times, channels)`);
    },
    stop: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function startTrinoSql(): Promise<SqlEngine> {
  const { session, stop } = await startTrino();
  await session.rows('CREATE SCHEMA hub');
  return {
    rows: (sql) => session.rows(sql),
    hold: async (words) => {
      const rows = wordRows(words, (items, type) => `CAST(ARRAY[${items.join(', ')}] AS array(${type}))`);
      await session.rows(`CREATE OR REPLACE TABLE journeys AS SELECT * FROM (VALUES ${rows.join(', ')}) AS journey
(customer_id, word, times, channels)`);
    },
    stop,
  };
}

async function startPostgreSql(): Promise<SqlEngine> {
  const { client, stop } = await startPostgres();
  return {
    rows: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    hold: async (words) => {
      await client.query(`DROP TABLE IF EXISTS journey_steps;
CREATE TABLE journey_steps (customer_id VARCHAR(64), place INTEGER, code INTEGER, at_ms BIGINT, channel VARCHAR(64));
INSERT INTO journey_steps VALUES ${stepRows(words).join(', ')}`);
    },
    stop,
  };
}

function wordRows(words: JourneyWords, list: (items: readonly string[], type: string) => string): string[] {
  return Array.from({ length: words.customers }, (_, customer) => {
    const own = stepsOf(words, customer);
    const lists = [
      list(
        own.map(({ code }) => String(code)),
        'integer',
      ),
      list(
        own.map(({ time }) => String(time)),
        'bigint',
      ),
      list(
        own.map(({ channel }) => literal(channel)),
        'varchar',
      ),
    ];
    return `('${customer}', ${lists.join(', ')})`;
  });
}

function stepRows(words: JourneyWords): string[] {
  return Array.from({ length: words.customers }, (_, customer) =>
    stepsOf(words, customer).map(
      ({ code, time, channel }, index) => `('${customer}', ${index + 1}, ${code}, ${time}, ${literal(channel)})`,
    ),
  ).flat();
}

function stepsOf({ offsets, steps, times, channels }: JourneyWords, customer: number) {
  const start = offsets[customer] as number;
  const length = (offsets[customer + 1] as number) - start;
  return Array.from({ length }, (_, index) => ({
    code: steps[start + index] as number,
    time: times[start + index] as number,
    channel: channels?.names[channels.letters[start + index] as number] ?? '',
  }));
}
