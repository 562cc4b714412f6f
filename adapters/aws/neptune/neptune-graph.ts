import type { NeptunedataClient } from '@aws-sdk/client-neptunedata';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { GraphElement } from '../../../core/graph/elements';
import type { Traversal, TraversalParameters } from '../../../core/graph/traversal';
import type { ChangeFeed } from '../../../ports/change-feed';
import type { Graph, GraphCounts, GraphLoad, GraphLoadOptions, GraphLoadResult } from '../../../ports/graph';
import type { ObjectStore } from '../../../ports/object-store';
import { asGremlin } from '../../gremlin/compile-traversal';
import { countElements, elementsOf, idsOf, pagesOf } from '../../gremlin/contents';
import type { GremlinReader } from '../../gremlin/server-connection';
import type { AwsConnection } from '../client-policy';
import { BulkLoader } from './bulk-loader';
import { websocketOf, writerOf } from './cluster-address';
import { neptuneDataClient } from './data-client';
import { GraphStream } from './graph-stream';
import { LOAD_LABEL } from './load-marker';
import { NeptuneChangeFeed } from './neptune-change-feed';
import { NeptuneLoads, type LoaderOfLoads } from './neptune-loads';
import { NeptuneSession, SESSION_DEFAULTS } from './neptune-session';

/** How Neptune reads files, and the hub writes them. */
export interface NeptuneLoaderOptions {
  readonly store: ObjectStore;
  /** The store's root as Neptune reaches it: `s3://bucket/prefix/`. */
  readonly uri: string;
  /** The role by which the cluster reads the bucket; it must be added to the cluster. */
  readonly roleArn: string;
  /** Elements of a file. */
  readonly fileRows?: number;
  /** How often at most to ask how far a load is, in milliseconds. */
  readonly pollMs?: number;
}

export interface NeptuneGraphOptions {
  /** `endpoints.neptune` is the cluster's address, which leads to the writer: `https://host:8182`. */
  readonly connection: AwsConnection;
  /** The cluster's address for readers; counting and listing everything goes there. */
  readonly reader?: string;
  /** Whether the cluster has IAM authentication, so that requests are signed; true by default. */
  readonly iam?: boolean;
  /** Who signs; by default whom the SDK's own chain finds. */
  readonly credentials?: AwsCredentialIdentityProvider;
  /** The bulk loader, for large loads; without it all goes by Gremlin. */
  readonly loader?: NeptuneLoaderOptions;
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
  /** From how many changes on a load takes the bulk loader. */
  readonly bulkFrom?: number;
  /** Records of the stream that a request asks for, at most 100,000. */
  readonly streamRecords?: number;
  /** How often a request is tried that others were in the way of. */
  readonly attempts?: number;
  /** How long to go on reconnecting to a lost cluster, in milliseconds. */
  readonly reconnectMs?: number;
  /** How long a request may take, in milliseconds. */
  readonly requestMs?: number;
}

const LOADER_DEFAULTS = { fileRows: 20_000, pollMs: 5_000 };

const DEFAULTS = {
  iam: true,
  requestRecords: 200,
  atomicRecords: 1_000,
  noteRecords: 10_000,
  inFlight: 4,
  bulkFrom: 50_000,
  streamRecords: 10_000,
  ...SESSION_DEFAULTS,
};

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
  const data = neptuneDataClient(options.connection, credentials);
  const loads = new NeptuneLoads(writer, settings, loaderOf(options, data));
  const log = options.clusterId ?? new URL(address).host;
  return new ClusterGraph(settings.streamRecords, writer, reader, loads, data, log);
}

class ClusterGraph implements NeptuneGraph {
  readonly feed: ChangeFeed;

  constructor(
    streamRecords: number,
    private readonly writer: NeptuneSession,
    private readonly reader: NeptuneSession,
    private readonly loads: NeptuneLoads,
    private readonly data: NeptunedataClient,
    log: string,
  ) {
    this.feed = new NeptuneChangeFeed(new GraphStream(data), (kind, ids, signal) => this.found(kind, ids, signal), {
      log,
      streamRecords,
    });
  }

  load(load: GraphLoad, options: GraphLoadOptions = {}): Promise<GraphLoadResult> {
    return this.loads.load(load, options);
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
    this.data.destroy();
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
}

function readerOf(session: NeptuneSession, signal?: AbortSignal): GremlinReader {
  return {
    query: (request, timeoutMs) =>
      session.query(request, { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) }),
  };
}

function loaderOf({ loader, connection }: NeptuneGraphOptions, data: NeptunedataClient): LoaderOfLoads | undefined {
  if (loader === undefined) return undefined;
  const { store, fileRows, ...own } = { ...LOADER_DEFAULTS, ...loader };
  return { store, fileRows, job: new BulkLoader(data, { ...own, region: connection.region }) };
}
