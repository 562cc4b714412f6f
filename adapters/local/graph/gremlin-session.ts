import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from '../../../core/errors';
import { ConnectionLost, ServerConnection, ServerRefusal } from '../../gremlin/server-connection';

export interface GremlinSessionOptions {
  readonly url: string;
  /** How long to go on reconnecting before giving up, in milliseconds. */
  readonly reconnectMs: number;
  /** How long one request may take, in milliseconds, unless it says otherwise. */
  readonly requestMs: number;
}

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 2_000;
/** A server that accepts connections and dies of every piece of work is as unavailable as one that is not there. */
const MOST_ATTEMPTS = 60;

/** Work on a Gremlin Server that survives the loss of the connection. */
export class GremlinSession {
  private connection: ServerConnection | undefined;

  constructor(private readonly options: GremlinSessionOptions) {}

  /**
   * Runs `work`, and runs it again over a new connection after every loss until it succeeds: it must therefore be
   * idempotent and look at the server's state afresh. Throws `GRAPH_UNAVAILABLE` (retryable) when the server stays
   * away, `CANCELLED` when the signal fires meanwhile.
   */
  async survive<T>(work: (server: ServerConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    let lastContact = Date.now();
    for (let attempt = 0; ; attempt++) {
      try {
        const server = await this.connect();
        lastContact = Date.now();
        return await work(server);
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        if (attempt >= MOST_ATTEMPTS || Date.now() - lastContact > this.options.reconnectMs)
          throw this.unavailable(error);
        await backOff(attempt, signal);
      }
    }
  }

  async close(): Promise<void> {
    await this.connection?.close();
    this.connection = undefined;
  }

  private async connect(): Promise<ServerConnection> {
    if (!this.connection?.isOpen) this.connection = await ServerConnection.open({ ...this.options, refusalOf });
    return this.connection;
  }

  private unavailable(cause: Error): HubError {
    return new HubError(
      'GRAPH_UNAVAILABLE',
      `the Gremlin server at ${this.options.url} does not answer (${cause.message}); check that it runs and has memory left`,
      { retryable: true, cause },
    );
  }
}

/** A graph that outgrew its server would outgrow it again, however it is loaded. */
function refusalOf(error: Error): Error {
  if (!/OutOfMemoryError|Java heap space|GC overhead limit/.test(error.message)) {
    return new ServerRefusal(error.message, { cause: error });
  }
  return new HubError(
    'GRAPH_OUT_OF_MEMORY',
    `the graph does not fit in the memory of the Gremlin server (${error.message}); give it more with engines.gremlin.heapMb in hub.yaml, about 2,000 MB a million elements, and start the hub again: what was loaded is kept`,
    { field: 'engines.gremlin.heapMb', cause: error },
  );
}

async function backOff(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const ms = Math.min(FIRST_BACKOFF_MS * 2 ** attempt, LONGEST_BACKOFF_MS);
  await delay(ms, undefined, { signal }).catch((cause: unknown) => {
    throw new HubError('CANCELLED', 'cancelled while waiting for the Gremlin server', { cause });
  });
}
