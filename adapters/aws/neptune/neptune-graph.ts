import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { HubError } from '../../../core/errors';
import { checkChange } from '../../../core/graph/changes';
import type { GraphChange, GraphElement } from '../../../core/graph/elements';
import type { Traversal, TraversalParameters } from '../../../core/graph/traversal';
import type { ChangeFeed } from '../../../ports/change-feed';
import type { Graph, GraphCounts, GraphLoad, GraphLoadOptions, GraphLoadResult } from '../../../ports/graph';
import { asGremlin } from '../../gremlin/compile-traversal';
import { countElements, elementsOf, idsOf, pagesOf } from '../../gremlin/contents';
import { skipFirst, throwIfCancelled } from '../../gremlin/sequences';
import type { GremlinReader } from '../../gremlin/server-connection';
import { endpointOf, type AwsConnection } from '../client-policy';
import { neptuneDataClient } from './data-client';
import { GraphStream } from './graph-stream';
import { LOAD_LABEL, loadMarker, readLoadProgress, type LoadProgress } from './load-marker';
import { NeptuneChangeFeed } from './neptune-change-feed';
import { NeptuneSession } from './neptune-session';
import { applyToNeptune, recordsOf } from './neptune-upserts';

export interface NeptuneGraphOptions {
  /** `endpoints.neptune` is the cluster's address, which leads to the writer: `https://host:8182`. */
  readonly connection: AwsConnection;
  /** The cluster's address for readers; counting and listing everything goes there. */
  readonly reader?: string;
  /** Whether the cluster has IAM authentication, so that requests are signed; true by default. */
  readonly iam?: boolean;
  /** Who signs; by default whom the SDK's own chain finds. */
  readonly credentials?: AwsCredentialIdentityProvider;
  /** Tells this cluster's stream from others, such as its resource id; by default its address. */
  readonly clusterId?: string;
  /** Records that a request carries, about: an element is one, and each of its properties. */
  readonly requestRecords?: number;
  /** Changes of no more records are one request, so one transaction: all or nothing. */
  readonly atomicRecords?: number;
  /** Records after which a load notes how far it is. */
  readonly noteRecords?: number;
  /** Requests of a load under way at a time. */
  readonly inFlight?: number;
  /** Records of the stream that a request asks for, at most 100,000. */
  readonly streamRecords?: number;
  /** How often a request is tried that others were in the way of. */
  readonly attempts?: number;
  /** How long to go on reconnecting to a lost cluster, in milliseconds. */
  readonly reconnectMs?: number;
  /** How long a request may take, in milliseconds. */
  readonly requestMs?: number;
}

const DEFAULTS = {
  iam: true,
  requestRecords: 200,
  atomicRecords: 1_000,
  noteRecords: 10_000,
  inFlight: 4,
  streamRecords: 10_000,
  attempts: 12,
  reconnectMs: 120_000,
  requestMs: 60_000,
};

/** How often a long step is reported, so that the caller can tell that work goes on, in milliseconds. */
const SIGN_OF_LIFE_MS = 1_000;

type Settings = typeof DEFAULTS & NeptuneGraphOptions;

/** A graph with the feed of its changes. */
export interface NeptuneGraph extends Graph {
  readonly feed: ChangeFeed;
}

/**
 * The graph in Amazon Neptune, and its stream as the change feed. Nothing is connected before it is needed.
 *
 * A load of few changes is one transaction. Of a larger one that is refused or cut off, what came before is in the graph:
 * every change is an upsert by id or a removal, so that the load goes on from its last note, or is begun anew, to the same
 * end. Errors beside those of the ports: `GRAPH_CONFLICT`, `GRAPH_TIMEOUT` (retryable), `FEED_UNAVAILABLE`,
 * `AWS_ACCESS_DENIED`, others of `aws-errors.ts`, and `CANCELLED`.
 *
 * @throws HubError `AWS_ENDPOINT_INVALID` where an address is missing or no URL
 */
export function openNeptuneGraph(options: NeptuneGraphOptions): NeptuneGraph {
  const settings = { ...DEFAULTS, ...options };
  const address = writerOf(options.connection);
  const credentials = settings.iam ? (options.credentials ?? defaultProvider()) : undefined;
  const { region } = options.connection;
  const session = (url: string) => new NeptuneSession({ ...settings, url: websocketOf(url), region, credentials });
  const writer = session(address);
  const reader = options.reader === undefined ? writer : session(options.reader);
  const stream = new GraphStream(neptuneDataClient(options.connection, credentials));
  return new ClusterGraph(settings, writer, reader, stream, options.clusterId ?? new URL(address).host);
}

class ClusterGraph implements NeptuneGraph {
  readonly feed: ChangeFeed;

  constructor(
    private readonly settings: Settings,
    private readonly writer: NeptuneSession,
    private readonly reader: NeptuneSession,
    private readonly stream: GraphStream,
    log: string,
  ) {
    this.feed = new NeptuneChangeFeed(this.stream, (kind, ids, signal) => this.found(kind, ids, signal), {
      log,
      streamRecords: settings.streamRecords,
    });
  }

  async load(load: GraphLoad, options: GraphLoadOptions = {}): Promise<GraphLoadResult> {
    const { key } = load;
    const { signal } = options;
    throwIfCancelled(signal);
    const progress = key === undefined ? undefined : await readLoadProgress(this.writer, key, signal);
    if (progress?.finished) return { path: 'already-loaded', changes: progress.done };
    return { path: 'upsert', changes: await this.upsert(load, progress?.done ?? 0, options) };
  }

  counts(): Promise<GraphCounts> {
    return countElements(readerOf(this.reader), LOAD_LABEL);
  }

  query(traversal: Traversal, parameters: TraversalParameters = {}, signal?: AbortSignal): Promise<unknown[]> {
    return this.writer.query((g) => asGremlin(g, traversal, parameters), { signal });
  }

  async *elements(): AsyncGenerator<GraphElement> {
    const server = readerOf(this.reader);
    for (const kind of ['vertex', 'edge'] as const) {
      for (const page of pagesOf(await idsOf(server, kind, LOAD_LABEL))) yield* await elementsOf(server, kind, page);
    }
  }

  async close(): Promise<void> {
    await this.writer.close();
    await this.reader.close();
    this.stream.close();
  }

  /** Of the writer: what a stream tells, a replica may not have yet. */
  private async found(
    kind: 'vertex' | 'edge',
    ids: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<GraphElement[]> {
    const found: GraphElement[] = [];
    for (const page of pagesOf(ids)) found.push(...(await elementsOf(readerOf(this.writer, signal), kind, page)));
    return found;
  }

  private async upsert({ key, changes }: GraphLoad, noted: number, options: GraphLoadOptions): Promise<number> {
    let done = noted;
    let held: GraphChange[] = [];
    let records = 0;
    const write = async (finished: boolean) => {
      await this.write(key, held, { done: done + held.length, finished }, options);
      done += held.length;
      [held, records] = [[], 0];
      options.onProgress?.(done);
    };
    for await (const batch of skipFirst(changes, noted)) {
      throwIfCancelled(options.signal);
      // The last note has to say that it is the last, so one is made only when more is known to come.
      if (records >= this.settings.noteRecords) await write(false);
      for (const change of batch) {
        checkChange(change);
        records += recordsOf(change);
        held.push(change);
      }
    }
    throwIfCancelled(options.signal);
    await write(true);
    return done;
  }

  private async write(
    key: string | undefined,
    changes: readonly GraphChange[],
    progress: LoadProgress,
    { signal, onProgress }: GraphLoadOptions,
  ): Promise<void> {
    const alive = setInterval(() => onProgress?.(progress.done - changes.length), SIGN_OF_LIFE_MS);
    try {
      const marker = key === undefined ? undefined : loadMarker(key, progress);
      await applyToNeptune(this.writer, changes, this.settings, marker, signal);
    } finally {
      clearInterval(alive);
    }
  }
}

function readerOf(session: NeptuneSession, signal?: AbortSignal): GremlinReader {
  return {
    query: (request, timeoutMs) =>
      session.query(request, { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) }),
  };
}

function writerOf(connection: AwsConnection): string {
  const address = endpointOf('neptune', connection);
  if (address !== undefined) return address;
  throw new HubError(
    'AWS_ENDPOINT_INVALID',
    'no address of the Neptune cluster is given; set endpoints.neptune to that of its writer, as in "https://HOST:8182"',
    { field: 'endpoints.neptune' },
  );
}

function websocketOf(address: string): string {
  const url = new URL('/gremlin', address);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  return url.href;
}
