import { setTimeout as delay } from 'node:timers/promises';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { HubError } from '../../../core/errors';
import { callAws } from '../aws-errors';
import { ConnectionLost, ServerConnection, type Request } from '../../gremlin/server-connection';
import { NeptuneFailure, failureOf, graphError, isDenial } from './neptune-failures';
import { signedUpgrade } from './upgrade-signature';

export interface NeptuneSessionOptions {
  /** Of the websocket: `wss://host:8182/gremlin`. */
  readonly url: string;
  readonly region: string;
  /** Who opens connections; undefined for a cluster without IAM authentication. */
  readonly credentials: AwsCredentialIdentityProvider | undefined;
  /** How long to go on reconnecting before giving up, in milliseconds. */
  readonly reconnectMs: number;
  /** How long one request may take, in milliseconds, unless it says otherwise. */
  readonly requestMs: number;
  /** How often a request is tried that Neptune answers with a failure that passes. */
  readonly attempts: number;
}

/** Of a session whose owner does not say. */
export const SESSION_DEFAULTS = { attempts: 12, reconnectMs: 120_000, requestMs: 60_000 };

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 5_000;
/** A connection is not used in the last minute of the credentials that opened it: Neptune ends it with them. */
const EXPIRY_MARGIN_MS = 60_000;
/** A refusal to let in may be that of credentials that were renewed meanwhile. */
const MOST_DENIALS = 2;
/** A server that accepts connections and dies of every piece of work is as unavailable as one that is not there. */
const MOST_LOSSES = 60;

/** How often one request was tried, and why it has to be again. */
interface Tries {
  failures: number;
  losses: number;
  denials: number;
  /** Epoch milliseconds; undefined where there was contact since. */
  lostSince: number | undefined;
}

/** A connection, for how long it may be used, and for how many requests it is. */
interface OpenConnection {
  readonly server: ServerConnection;
  /** Epoch milliseconds. */
  readonly goodUntil: number;
  inUse: number;
}

/**
 * Requests to one endpoint of a Neptune cluster. Each is a transaction of its own, which is rolled back as a whole where
 * it fails, so it is tried again after a lost connection, a conflict or throttling: it must be idempotent.
 */
export class NeptuneSession {
  private current: Promise<OpenConnection> | undefined;

  constructor(private readonly options: NeptuneSessionOptions) {}

  /**
   * Throws `GRAPH_UNAVAILABLE`, `GRAPH_CONFLICT`, `GRAPH_TIMEOUT` (retryable), `GRAPH_LOAD_FAILED`, `AWS_ACCESS_DENIED`
   * and, when the signal fires, `CANCELLED`.
   */
  async query<T>(request: Request, { signal, timeoutMs }: RequestOptions = {}): Promise<T[]> {
    const tries: Tries = { failures: 0, losses: 0, denials: 0, lostSince: undefined };
    for (let attempt = 0; ; attempt++) {
      throwIfAborted(signal);
      try {
        const answer = this.once<T>(request, timeoutMs, () => (tries.lostSince = undefined));
        return await orCancelled(answer, signal);
      } catch (error) {
        if (!this.isWorthTrying(error, tries)) throw graphError(error, this.options.url);
        if (error instanceof NeptuneFailure && error.kind === 'moved') await this.disconnect();
      }
      await backOff(attempt, signal);
    }
  }

  async close(): Promise<void> {
    await this.disconnect();
  }

  private async once<T>(request: Request, timeoutMs: number | undefined, onContact: () => void): Promise<T[]> {
    const connection = await this.connect();
    onContact();
    connection.inUse++;
    try {
      return await connection.server.query<T>(request, timeoutMs);
    } finally {
      connection.inUse--;
      if (connection.inUse === 0 && isStale(connection)) await connection.server.close();
    }
  }

  private isWorthTrying(error: unknown, tries: Tries): boolean {
    if (error instanceof NeptuneFailure) return ++tries.failures < error.triesOf(this.options.attempts);
    if (!(error instanceof ConnectionLost)) return false;
    if (isDenial(error)) return ++tries.denials < MOST_DENIALS;
    tries.lostSince ??= Date.now();
    return ++tries.losses < MOST_LOSSES && Date.now() - tries.lostSince < this.options.reconnectMs;
  }

  /** The connection that is open, or a new one, signed now. Requests that come at the same time share it. */
  private async connect(): Promise<OpenConnection> {
    const seen = this.current;
    const known = await seen?.catch(() => undefined);
    if (known?.server.isOpen && !isStale(known)) return known;
    if (this.current === seen || this.current === undefined) {
      this.current = this.open();
      // One that somebody still uses is closed by whoever is the last to.
      if (known?.inUse === 0) void known.server.close();
    }
    return this.current;
  }

  private async open(): Promise<OpenConnection> {
    const { url, region, credentials, requestMs } = this.options;
    const identity = credentials && (await callAws('signing in to Neptune', undefined, () => credentials()));
    const headers = identity === undefined ? {} : { headers: await signedUpgrade(url, region, identity) };
    const server = await ServerConnection.open({ url, requestMs, refusalOf: failureOf, ...headers });
    return { server, goodUntil: (identity?.expiration?.getTime() ?? Infinity) - EXPIRY_MARGIN_MS, inUse: 0 };
  }

  private async disconnect(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.then(
      ({ server }) => server.close(),
      () => undefined,
    );
  }
}

function isStale({ goodUntil }: OpenConnection): boolean {
  return Date.now() >= goodUntil;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(signal.reason);
}

function cancelled(cause: unknown): HubError {
  return new HubError('CANCELLED', 'a request to Neptune was cancelled', { cause });
}

/** Nobody waits any longer; Neptune ends what was asked by its own time limit. */
async function orCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelled(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}

/** Waits with full jitter: those who got in one another's way must not meet again. */
export async function backOff(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const most = Math.min(FIRST_BACKOFF_MS * 2 ** attempt, LONGEST_BACKOFF_MS);
  await delay(Math.random() * most, undefined, { signal }).catch((cause: unknown) => {
    throw cancelled(cause);
  });
}
