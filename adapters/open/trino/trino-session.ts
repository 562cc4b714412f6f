import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, RetryAgent, errors, request, type Dispatcher } from 'undici';
import { HubError, messageOf } from '../../../core/errors';
import { columnReader, type TrinoColumn } from './column-values';
import type { ColumnBatch } from '../../../ports/lake';

export interface TrinoAddress {
  /** Of the coordinator, e.g. http://localhost:8080. */
  readonly url: string;
  readonly catalog: string;
  readonly schema: string;
  readonly user: string;
  /** Of the user, where the server asks for one; it is sent over https alone. */
  readonly password?: string | undefined;
}

/** A page of a query's answer, as Trino's client protocol has it. */
interface TrinoPage {
  readonly nextUri?: string;
  readonly columns?: readonly TrinoColumn[];
  readonly data?: readonly (readonly unknown[])[];
  readonly updateCount?: number;
  readonly error?: TrinoError;
}

interface TrinoError {
  readonly message: string;
  readonly errorName: string;
  readonly errorType: 'USER_ERROR' | 'INTERNAL_ERROR' | 'INSUFFICIENT_RESOURCES' | 'EXTERNAL';
}

/** A page is held back until there are rows, a second or so. */
const ANSWER_MS = 60_000;
const RETRIES = 8;
/** How long to wait for a cluster that has no nodes: each time twice as long, some 25 s in all. */
const NODES_MS = { first: 100, most: 13_000 };

/** Reading a page again gives the same page, whatever became of the first attempt. */
const PAGES = { maxRetries: RETRIES, minTimeout: 100, maxTimeout: 5_000, statusCodes: [429, 502, 503, 504] };
/** A query that may have been taken must not be sent twice: only where the server says that it was not, or nobody heard it. */
const QUERIES = { ...PAGES, methods: ['POST'] as 'POST'[], statusCodes: [429, 503], errorCodes: ['ECONNREFUSED'] };

/**
 * Sends queries to Trino over its client protocol. The vendor's own client for Node takes no signal, reads BIGINTs as
 * doubles without saying so, and tries nothing again.
 */
export class TrinoSession {
  private readonly agent = new Agent({ headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS });
  private readonly pages = new RetryAgent(this.agent, PAGES);
  private readonly queries = new RetryAgent(this.agent, QUERIES);
  private readonly headers: Readonly<Record<string, string>>;
  /** Where queries are sent to. */
  private readonly statements: string;

  /** @throws HubError SETTING_INVALID for a password that would be sent in the clear */
  constructor(private readonly address: TrinoAddress) {
    const { url, user, catalog, schema, password } = address;
    if (password !== undefined && !url.startsWith('https:')) {
      throw new HubError('SETTING_INVALID', 'engines.trino.url: a password is sent over https alone', {
        field: 'engines.trino.url',
      });
    }
    this.statements = `${url.replace(/\/+$/, '')}/v1/statement`;
    this.headers = {
      'x-trino-user': user,
      'x-trino-source': 'journey-hub',
      'x-trino-catalog': catalog,
      'x-trino-schema': schema,
      'x-trino-time-zone': 'UTC',
      // Without it, times would be rounded to milliseconds.
      'x-trino-client-capabilities': 'PARAMETRIC_DATETIME',
      ...(password === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
    };
  }

  /**
   * The rows of a query, page by page.
   *
   * @throws HubError LAKE_QUERY_FAILED, LAKE_OUT_OF_MEMORY, LAKE_CONFLICT, LAKE_UNAVAILABLE, each with the SQL; CANCELLED
   */
  async *read(sql: string, signal?: AbortSignal): AsyncGenerator<ColumnBatch> {
    for await (const { columns, data } of this.answer(sql, signal)) {
      if (columns === undefined || data === undefined || data.length === 0) continue;
      const entries = columns.map((column, index) => {
        const valueOf = columnReader(column);
        return [column.name, data.map((row) => valueOf(row[index]))] as const;
      });
      yield { rows: data.length, columns: Object.fromEntries(entries) };
    }
  }

  /** All rows of a small answer. Throws as `read` does. */
  async rows<Row extends object = Record<string, unknown>>(sql: string, signal?: AbortSignal): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const { rows: count, columns } of this.read(sql, signal)) {
      const names = Object.entries(columns);
      for (let row = 0; row < count; row++) {
        rows.push(Object.fromEntries(names.map(([name, values]) => [name, values[row]])) as Row);
      }
    }
    return rows;
  }

  /** Runs a statement that writes. Resolves with how many rows it wrote. Throws as `read` does. */
  async run(sql: string, signal?: AbortSignal): Promise<number> {
    let written = 0;
    for await (const { updateCount } of this.answer(sql, signal)) written = updateCount ?? written;
    return written;
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  /** A query that failed has changed nothing: one that found no node to run on, as a cluster starts or grows, is sent again. */
  private async *answer(sql: string, signal?: AbortSignal): AsyncGenerator<TrinoPage> {
    for (let wait = NODES_MS.first; ; wait *= 2) {
      let hasRows = false;
      try {
        for await (const page of this.attempt(sql, signal)) {
          hasRows ||= page.data !== undefined;
          yield page;
        }
        return;
      } catch (error) {
        if (!(error instanceof NoNodes) || hasRows || wait > NODES_MS.most) throw error;
        await pause(wait, signal);
      }
    }
  }

  private async *attempt(sql: string, signal?: AbortSignal): AsyncGenerator<TrinoPage> {
    let next: string | undefined;
    try {
      signal?.throwIfAborted();
      // What was sent is known only by the answer: it is awaited, so that it can be called off.
      let page = await this.fetch(this.statements, { method: 'POST', body: sql }, this.queries);
      for (;;) {
        if (page.nextUri !== undefined) refuseElsewhere(this.address, page.nextUri);
        next = page.nextUri;
        if (page.error !== undefined) throw trinoError(page.error, sql);
        yield page;
        if (next === undefined) return;
        page = await this.page(next, signal);
      }
    } catch (error) {
      if (signal?.aborted) throw cancelled(error);
      if (error instanceof HubError) throw error;
      throw new HubError(
        'LAKE_UNAVAILABLE',
        `Trino at ${this.address.url}: ${messageOf(error)}\nin the query: ${sql}`,
        {
          retryable: true,
          cause: error,
        },
      );
    } finally {
      if (next !== undefined) await this.cancel(next);
    }
  }

  /** Whoever stops reading calls the query off; if that fails, Trino gives it up by itself some minutes later. */
  private async cancel(page: string): Promise<void> {
    const answer = await request(page, { method: 'DELETE', headers: this.headers, dispatcher: this.pages }).catch(
      () => undefined,
    );
    await answer?.body.dump();
  }

  /** The agent goes on where a page broke off, which Trino cannot: such a page is read anew. */
  private async page(url: string, signal: AbortSignal | undefined, left = RETRIES): Promise<TrinoPage> {
    try {
      return await this.fetch(url, { method: 'GET', ...(signal === undefined ? {} : { signal }) }, this.pages);
    } catch (error) {
      const hasBrokenOff = error instanceof errors.RequestRetryError && error.statusCode === 200;
      if (!hasBrokenOff || left === 0) throw error;
      return this.page(url, signal, left - 1);
    }
  }

  private async fetch(
    url: string,
    options: { method: 'GET' | 'POST'; body?: string; signal?: AbortSignal },
    dispatcher: Dispatcher,
  ): Promise<TrinoPage> {
    const { statusCode, body } = await request(url, { ...options, headers: this.headers, dispatcher });
    if (statusCode === 200) return (await body.json()) as TrinoPage;
    throw refused(this.address.url, statusCode, await body.text());
  }
}

/**
 * A server behind a proxy that hides TLS from it names the pages of its answers without: the password must not follow.
 *
 * @throws HubError SETTING_INVALID
 */
export function refuseElsewhere({ url, password }: Pick<TrinoAddress, 'url' | 'password'>, page: string): void {
  if (password === undefined || new URL(page).origin === new URL(url).origin) return;
  throw new HubError(
    'SETTING_INVALID',
    `engines.trino.url: Trino at ${url} wants its answer to be read at ${new URL(page).origin}, where no password is sent to; behind a proxy, set http-server.process-forwarded=true in Trino`,
    { field: 'engines.trino.url' },
  );
}

/** What an answer without Trino's protocol in it is mended by, where it is known. */
const REMEDIES: Readonly<Record<number, readonly [field: string, remedy: string]>> = {
  401: ['engines.trino.passwordVariable', 'check user, and the password in the variable that passwordVariable names'],
  403: ['engines.trino.user', 'let the user of engines.trino.user in at Trino, or name another'],
  404: ['engines.trino.url', 'there is no coordinator of Trino: check engines.trino.url, its port and its path'],
};

function refused(url: string, status: number, text: string): HubError {
  const known = REMEDIES[status];
  const said = text.trim() === '' ? '' : `: ${text.trim()}`;
  if (known === undefined) {
    return new HubError('LAKE_UNAVAILABLE', `Trino at ${url} answered ${status}${said}`, { retryable: status >= 500 });
  }
  const [field, remedy] = known;
  return new HubError('LAKE_UNAVAILABLE', `hub.yaml, ${field}: Trino at ${url} answered ${status}${said}; ${remedy}`, {
    field,
  });
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((cause: unknown) => {
    throw cancelled(cause);
  });
}

function cancelled(cause: unknown): HubError {
  return new HubError('CANCELLED', 'the query was cancelled', { cause });
}

/** No node of the cluster was there to run a query. */
class NoNodes extends HubError {}

function trinoError({ message, errorName, errorType }: TrinoError, sql: string): HubError {
  const told = (code: string, retryable: boolean, text = message) =>
    new HubError(code, `${text}\nin the query: ${sql}`, { retryable });
  if (errorName === 'ICEBERG_COMMIT_ERROR' || errorName === 'TRANSACTION_CONFLICT') return told('LAKE_CONFLICT', true);
  if (errorName === 'NO_NODES_AVAILABLE') {
    return new NoNodes('LAKE_UNAVAILABLE', `${message}\nin the query: ${sql}`, { retryable: true });
  }
  if (errorType === 'INSUFFICIENT_RESOURCES') {
    return told(
      'LAKE_OUT_OF_MEMORY',
      true,
      `${message}; give Trino more memory or workers, or ask when it has less to do`,
    );
  }
  if (errorType === 'USER_ERROR') return told('LAKE_QUERY_FAILED', false);
  return told('LAKE_UNAVAILABLE', true, `${errorName}: ${message}`);
}
