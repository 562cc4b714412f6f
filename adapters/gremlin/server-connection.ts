import { driver, process as gremlin } from 'gremlin';
import { messageOf } from '../../core/errors';
import { exactGraphBinary } from './graph-binary';

export type Traversals = gremlin.GraphTraversalSource;

/** Makes a traversal. */
export type Request = (g: Traversals) => gremlin.GraphTraversal;

/** The server answered, and the answer is no: asking again does not help. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
}

/** The connection broke, or an answer did not come in time: the server may or may not have done the work. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** Where traversals are run. */
export interface GremlinReader {
  query<T>(request: Request, timeoutMs?: number): Promise<T[]>;
}

export interface ConnectionOptions {
  readonly url: string;
  /** How long one request may take, in milliseconds, unless it says otherwise. */
  readonly requestMs: number;
  /** Sent as the websocket is opened. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What an answer that is an error is thrown as; a `ServerRefusal` by default. */
  readonly refusalOf?: (error: Error) => Error;
}

/**
 * One connection to a Gremlin Server. It is never made anew behind the back of its user: a server that was restarted
 * may have come back empty, so what was learnt over the old connection does not hold any more.
 */
export class ServerConnection implements GremlinReader {
  private constructor(
    private readonly connection: driver.DriverRemoteConnection,
    private readonly options: ConnectionOptions,
  ) {}

  static async open(options: ConnectionOptions): Promise<ServerConnection> {
    const headers = options.headers === undefined ? {} : { headers: { ...options.headers } };
    const connection = new driver.DriverRemoteConnection(options.url, { ...exactGraphBinary(), ...headers });
    try {
      await inTime(connection.open(), options.requestMs);
    } catch (error) {
      throw new ConnectionLost(messageOf(error), { cause: error });
    }
    return new ServerConnection(connection, options);
  }

  get isOpen(): boolean {
    return this.connection.isOpen;
  }

  /** Runs one traversal and returns its results. Throws `ServerRefusal`, or `ConnectionLost`. */
  async query<T>(build: Request, timeoutMs = this.options.requestMs): Promise<T[]> {
    if (!this.isOpen) throw new ConnectionLost('the connection was closed');
    const g = gremlin.AnonymousTraversalSource.traversal().withRemote(this.connection);
    try {
      return (await inTime(build(g.with_('evaluationTimeout', timeoutMs)).toList(), timeoutMs)) as T[];
    } catch (error) {
      if (error instanceof Error && error.name === 'ResponseError') throw this.refusalOf(error);
      await this.close();
      throw new ConnectionLost(messageOf(error), { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.connection.close().catch(() => undefined);
  }

  private refusalOf(error: Error): Error {
    return this.options.refusalOf?.(error) ?? new ServerRefusal(error.message, { cause: error });
  }
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
