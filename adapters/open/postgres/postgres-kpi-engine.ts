import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client, Pool, types, type ClientConfig, type CustomTypesConfig, type PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { utcDate, utcTime } from '../../../core/sql/answered-times';
import { replaceParameters, type SqlParameter } from '../../../core/sql/bind-parameters';
import { identifier } from '../../../core/sql/quote';
import { redshiftDialect } from '../../../core/sql/redshift-dialect';
import type { LakeInput } from '../../../ports/lake';
import { parameterType, withoutNul, type KpiEngine, type KpiParameters } from '../../sql/kpis/kpi-engine';
import { copyText } from './copy-text';
import { postgresError } from './postgres-errors';

export interface PostgresOptions {
  /** postgres://user@host:5432/database, with what the driver takes behind `?`, as `sslmode=verify-full`. */
  readonly url: string;
  readonly password?: string | undefined;
  /** How long a query may take, in milliseconds; loads take what they need. */
  readonly queryMs?: number;
}

const CONNECTIONS = 4;
const CONNECT_MS = 10_000;
const QUERY_MS = 15 * 60_000;
/** How long a load waits for those who read what it would drop, in milliseconds: a later load drops it. */
const LOCK_MS = 5_000;
/** How much later than the server the driver gives up: only when the server does not answer at all. */
const GRACE_MS = 10_000;

/** PostgreSQL, which speaks the dialect that Redshift was made from. Connections that are lost are made anew. */
export class PostgresKpiEngine implements KpiEngine {
  readonly dialect = redshiftDialect;
  private readonly pool: Pool;
  private readonly config: ClientConfig;
  private readonly queryMs: number;

  constructor({ url, password, queryMs = QUERY_MS }: PostgresOptions) {
    this.queryMs = queryMs;
    this.config = {
      connectionString: password === undefined ? url : withPassword(url, password),
      application_name: 'journey-hub',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      options: '-c TimeZone=UTC -c DateStyle=ISO',
      types: TYPES,
    };
    this.pool = new Pool({ ...this.config, max: CONNECTIONS });
    // A connection that is lost while nobody uses it is nobody's concern: the next query takes another.
    this.pool.on('error', () => undefined);
  }

  async run(statements: readonly string[], signal?: AbortSignal): Promise<void> {
    await this.use(statements.join(';\n'), signal, async (client) => {
      await client.query('BEGIN');
      await this.limit(client);
      for (const statement of statements) await client.query({ text: statement, ...this.patience });
      await client.query('COMMIT');
    });
  }

  async rows<Row extends object>(sql: string, parameters: KpiParameters, signal?: AbortSignal): Promise<Row[]> {
    const { text, values } = positional(sql, parameters);
    return this.use(sql, signal, async (client) => {
      await client.query('BEGIN READ ONLY');
      await this.limit(client);
      const { rows } = await client.query<Row>({ text, values, ...this.patience });
      await client.query('COMMIT');
      return rows;
    });
  }

  async fill(table: string, input: LakeInput, signal?: AbortSignal): Promise<void> {
    const columns = Object.keys(input.columns).map(identifier).join(', ');
    const sql = `COPY ${table} (${columns}) FROM STDIN`;
    await this.use(sql, signal, async (client) => {
      const rows = Readable.from(copyText(input), { highWaterMark: 1 });
      await pipeline(rows, client.query(copyFrom(sql)), ...(signal === undefined ? [] : [{ signal }]));
      await client.query(`ANALYZE ${table}`);
    });
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private get patience(): { readonly query_timeout: number } {
    return { query_timeout: this.queryMs + GRACE_MS };
  }

  private async limit(client: PoolClient): Promise<void> {
    await client.query(`SET LOCAL statement_timeout = ${this.queryMs}; SET LOCAL lock_timeout = ${LOCK_MS}`);
  }

  /** Does something with a connection of its own; what is called off is called off at the server, too. */
  private async use<T>(
    sql: string,
    signal: AbortSignal | undefined,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    try {
      signal?.throwIfAborted();
      const client = await this.pool.connect();
      const cancel = () => void this.cancel(client);
      signal?.addEventListener('abort', cancel);
      // A connection that is lost tells the query of it; without a listener, it would end the process.
      const ignore = () => undefined;
      client.on('error', ignore);
      let isWhole = false;
      try {
        const result = await work(client);
        signal?.throwIfAborted();
        isWhole = true;
        return result;
      } finally {
        signal?.removeEventListener('abort', cancel);
        // In the middle of a transaction, or about to be told to cancel, it is of no use to others.
        client.release(!isWhole);
        client.off('error', ignore);
      }
    } catch (error) {
      throw postgresError(error, sql, signal);
    }
  }

  /** The pool may have no connection left: cancelling takes one of its own. If that fails, the time limit ends it. */
  private async cancel(client: PoolClient): Promise<void> {
    const { processID } = client as PoolClient & { readonly processID: number };
    const canceller = new Client(this.config);
    try {
      await canceller.connect();
      await canceller.query('SELECT pg_cancel_backend($1)', [processID]);
    } catch {
      // Nobody waits for the answer any more.
    } finally {
      await canceller.end().catch(() => undefined);
    }
  }
}

/** To the driver what an address does not say is empty, and goes before what is said beside it. */
function withPassword(url: string, password: string): string {
  const whole = new URL(url);
  whole.searchParams.set('password', password);
  return whole.href;
}

/** The query with numbered parameters of stated types, and their values. */
function positional(sql: string, parameters: KpiParameters): { text: string; values: (string | null)[] } {
  const names: string[] = [];
  const text = replaceParameters(sql, parameters, 'KPI_QUERY_FAILED', (name, value) => {
    if (!names.includes(name)) names.push(name);
    return `CAST($${names.indexOf(name) + 1} AS ${parameterType(value)})`;
  });
  return { text, values: names.map((name) => valueOf(parameters[name]!)) };
}

function valueOf(value: SqlParameter): string | null {
  return value === null ? null : withoutNul(String(value));
}

const READERS: Readonly<Record<number, (text: string) => unknown>> = {
  [types.builtins.INT8]: BigInt,
  [types.builtins.NUMERIC]: Number,
  [types.builtins.TIMESTAMP]: utcTime,
  [types.builtins.DATE]: utcDate,
};

const TYPES: CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text' | 'binary') =>
    READERS[id] ?? types.getTypeParser(id, format as 'text')) as CustomTypesConfig['getTypeParser'],
};
