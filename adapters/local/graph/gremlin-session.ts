import { driver, process as gremlin } from 'gremlin';
import { setTimeout as delay } from 'node:timers/promises';
import { HubError, messageOf } from '../../../core/errors';
import { exactGraphBinary } from './graph-binary';

export type Traversals = gremlin.GraphTraversalSource;

/** The server answered, and the answer is no: asking again does not help. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
}

/** The connection broke, or an answer did not come in time: the server may or may not have done the work. */
class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

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

/**
 * One connection to a Gremlin Server. It is never made anew behind the back of its user: a server that was restarted
 * may have come back empty, so what was learnt over the old connection does not hold any more.
 */
export class ServerConnection {
  private constructor(
    private readonly connection: driver.DriverRemoteConnection,
    private readonly requestMs: number,
  ) {}

  static async open({ url, requestMs }: GremlinSessionOptions): Promise<ServerConnection> {
    const connection = new driver.DriverRemoteConnection(url, { ...exactGraphBinary() });
    try {
      await inTime(connection.open(), requestMs);
    } catch (error) {
      throw new ConnectionLost(messageOf(error), { cause: error });
    }
    return new ServerConnection(connection, requestMs);
  }

  get isOpen(): boolean {
    return this.connection.isOpen;
  }

  /** Runs one traversal and returns its results. Throws `ServerRefusal`, or an error that `survive` retries after. */
  async query<T>(build: (g: Traversals) => gremlin.GraphTraversal, timeoutMs = this.requestMs): Promise<T[]> {
    if (!this.isOpen) throw new ConnectionLost('the connection was closed');
    const g = gremlin.AnonymousTraversalSource.traversal().withRemote(this.connection);
    try {
      return (await inTime(build(g.with_('evaluationTimeout', timeoutMs)).toList(), timeoutMs)) as T[];
    } catch (error) {
      if (error instanceof Error && error.name === 'ResponseError') throw refusalOf(error);
      await this.close();
      throw new ConnectionLost(messageOf(error), { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.connection.close().catch(() => undefined);
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
    if (!this.connection?.isOpen) this.connection = await ServerConnection.open(this.options);
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

async function backOff(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const ms = Math.min(FIRST_BACKOFF_MS * 2 ** attempt, LONGEST_BACKOFF_MS);
  await delay(ms, undefined, { signal }).catch((cause: unknown) => {
    throw new HubError('CANCELLED', 'cancelled while waiting for the Gremlin server', { cause });
  });
}

/** A server that hangs never closes the connection, so every wait has an end of its own. */
async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs + 1_000);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
