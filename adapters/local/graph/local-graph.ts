import { resolve } from 'node:path';
import { HubError, messageOf } from '../../../core/errors';
import type { GraphChange, GraphElement } from '../../../core/graph/elements';
import type { Traversal, TraversalParameters } from '../../../core/graph/traversal';
import { asGremlin } from '../../gremlin/compile-traversal';
import type { Graph, GraphCounts, GraphLoad, GraphLoadOptions, GraphLoadResult } from '../../../ports/graph';
import { BulkLoad } from './bulk-load';
import { onceKey, type ChangeLog } from './change-log';
import { GraphFolder } from './graph-folder';
import { eventTypes, formerTypes } from './former-types';
import { countElements, elementsOf, idsOf, pagesOf } from '../../gremlin/contents';
import type { ChangeFeed } from '../../../ports/change-feed';
import { LocalChangeFeed } from './local-change-feed';
import { ServerRefusal, type ServerConnection } from '../../gremlin/server-connection';
import { GremlinSession } from './gremlin-session';
import { META_LABEL, Replica } from './replica';
import type { KnownCommit } from './replica';
import type { Snapshots } from './snapshot';
import { Turns, readAhead, rejoin, skipFirst } from '../../gremlin/sequences';
import { throwIfCancelled } from '../../gremlin/sequences';

export interface LocalGraphOptions {
  /** WebSocket address of the Gremlin Server, e.g. `ws://127.0.0.1:8182/gremlin`. */
  readonly url: string;
  /** Folder of the change log and its snapshots: the graph's durable record. */
  readonly dir: string;
  /** Whether the server reads files that this process writes: large loads and restores then take the bulk path. */
  readonly sharedFileSystem: boolean;
  /** From how many changes on a load into an empty graph takes the bulk path. */
  readonly bulkFrom?: number;
  /** Changes a durable commit of the upsert path holds at least (a batch is never split). */
  readonly commitChanges?: number;
  /** Changes after the last snapshot from which on a load ends with a new one. */
  readonly snapshotAfter?: number;
  readonly batchSize?: number;
  readonly inFlight?: number;
  /** How long to go on reconnecting to a lost server, in milliseconds. */
  readonly reconnectMs?: number;
}

const DEFAULTS = {
  bulkFrom: 20_000,
  commitChanges: 5_000,
  snapshotAfter: 100_000,
  batchSize: 500,
  inFlight: 2,
  reconnectMs: 60_000,
};
const REQUEST_MS = 60_000;
/** How often a long step of the server is reported, so that the caller can tell that work goes on, in milliseconds. */
const SIGN_OF_LIFE_MS = 1_000;
/**
 * The graph in a Gremlin Server, with a change log in `dir` as its durable record: every commit goes to the log first,
 * then to the server, which may be lost at any time and is restored from the log.
 *
 * Errors beside those of the port: `GRAPH_CONFLICT` (retryable) when another process committed at the same time,
 * `GRAPH_FOREIGN` when the server holds another graph, `GRAPH_LOG_INVALID` when the log is damaged, `CANCELLED`.
 */
export async function openLocalGraph(options: LocalGraphOptions): Promise<FollowedGraph> {
  const settings = { ...DEFAULTS, ...options, dir: resolve(options.dir) };
  const folder = await GraphFolder.open(settings.dir);
  const session = new GremlinSession({ url: settings.url, reconnectMs: settings.reconnectMs, requestMs: REQUEST_MS });
  return new LocalGraph(settings, folder, session);
}

/** A graph with the feed of its changes. */
export interface FollowedGraph extends Graph {
  readonly feed: ChangeFeed;
}

type Settings = typeof DEFAULTS & LocalGraphOptions;

type NamedLoad = GraphLoad & { readonly key: string };

class LocalGraph implements FollowedGraph {
  readonly feed: ChangeFeed;
  private readonly loads = new Turns();
  /** Bringing the server up to date and learning of commits: never two at a time, or an older one could win. */
  private readonly updates = new Turns();

  private readonly log: ChangeLog;
  private readonly snapshots: Snapshots;

  constructor(
    private readonly settings: Settings,
    private readonly folder: GraphFolder,
    private readonly session: GremlinSession,
  ) {
    this.log = folder.log;
    this.snapshots = folder.snapshots;
    this.feed = new LocalChangeFeed(folder.log, folder.followers, () =>
      this.session.survive((server) => this.applied(server)),
    );
  }

  load(load: GraphLoad, options: GraphLoadOptions = {}): Promise<GraphLoadResult> {
    return this.loads.take(() => this.loadNow({ ...load, key: load.key ?? onceKey() }, options));
  }

  counts(): Promise<GraphCounts> {
    return this.current((server) => countElements(server, META_LABEL));
  }

  query(traversal: Traversal, parameters: TraversalParameters = {}, signal?: AbortSignal): Promise<unknown[]> {
    return this.current((server) => server.query((g) => asGremlin(g, traversal, parameters)), signal);
  }

  async *elements(): AsyncGenerator<GraphElement> {
    for (const kind of ['vertex', 'edge'] as const) {
      const ids = await this.current((server) => idsOf(server, kind, META_LABEL));
      for (const page of pagesOf(ids)) yield* await this.current((server) => elementsOf(server, kind, page));
    }
  }

  async close(): Promise<void> {
    await this.loads.take(async () => this.session.close());
  }

  /** Runs a read on a server that holds all that the log says. */
  private current<T>(read: (server: ServerConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.session
      .survive(async (server) => {
        await this.catchUp(server, undefined, signal);
        return read(server);
      }, signal)
      .catch((error: unknown) => {
        throw error instanceof ServerRefusal ? refused(error) : error;
      });
  }

  /** The last commit that the server holds. It can refuse none but the head, which is its writer's to take back. */
  private applied(server: ServerConnection): Promise<number> {
    return this.updates.take(async () => {
      await this.log.refresh();
      const { head } = this.log;
      try {
        return await this.replica(server).catchUp();
      } catch (error) {
        if (error instanceof ServerRefusal) return head - 1;
        throw error;
      }
    });
  }

  private catchUp(server: ServerConnection, known?: KnownCommit, signal?: AbortSignal): Promise<number> {
    return this.updates.take(async () => {
      await this.log.refresh();
      return this.replica(server).catchUp(known, signal);
    });
  }

  private replica(server: ServerConnection): Replica {
    return new Replica(server, this.log, this.snapshots, this.settings);
  }

  private async loadNow(load: NamedLoad, options: GraphLoadOptions): Promise<GraphLoadResult> {
    throwIfCancelled(options.signal);
    await this.applyOwn(load.key, undefined, options);
    const progress = this.log.progressOf(load.key);
    if (progress?.finished) return { path: 'already-loaded', changes: progress.done };
    const isEmpty = await this.current((server) => this.replica(server).isEmpty(), options.signal);
    const source = load.changes[Symbol.asyncIterator]();
    try {
      const start = await this.choosePath(load, options, source, isEmpty && progress === undefined);
      const changes = rejoin(start.peeked, source);
      const count =
        start.path === 'bulk'
          ? await this.bulk(load.key, changes, options)
          : await this.upsert(load.key, changes, progress?.done ?? 0, options);
      await this.snapshotIfDue();
      return { path: start.path, changes: count };
    } finally {
      await source.return?.();
    }
  }

  private async choosePath(
    load: NamedLoad,
    options: GraphLoadOptions,
    source: AsyncIterator<readonly GraphChange[]>,
    isFresh: boolean,
  ): Promise<{ path: 'bulk' | 'upsert'; peeked: (readonly GraphChange[])[] }> {
    const isPossible = isFresh && this.settings.sharedFileSystem;
    if (options.path === 'bulk' && !isPossible) {
      throw new HubError(
        'GRAPH_LOAD_FAILED',
        `load "${load.key}" cannot take the bulk path: it needs an empty graph and a server that shares the file system; use path "upsert"`,
        {
          field: 'path',
        },
      );
    }
    if (options.path !== undefined || !isPossible) return { path: options.path ?? 'upsert', peeked: [] };
    if (load.expected !== undefined) return { path: this.pathFor(load.expected), peeked: [] };
    const { peeked, count } = await readAhead(source, this.settings.bulkFrom);
    return { path: this.pathFor(count), peeked };
  }

  private pathFor(changes: number): 'bulk' | 'upsert' {
    return changes >= this.settings.bulkFrom ? 'bulk' : 'upsert';
  }

  private async bulk(
    key: string,
    changes: AsyncIterable<readonly GraphChange[]>,
    options: GraphLoadOptions,
  ): Promise<number> {
    const commit = this.log.begin(key);
    const snapshot = this.snapshots.begin();
    try {
      const bulk = new BulkLoad(commit, snapshot);
      for await (const batch of changes) {
        throwIfCancelled(options.signal);
        await bulk.add(batch);
        options.onProgress?.(0);
      }
      await snapshot.finish();
      throwIfCancelled(options.signal);
      await this.log.publish(commit, { done: commit.changes, finished: true });
      await this.snapshots.publish(snapshot, commit.commitNum);
    } finally {
      await commit.segment.discard();
      await snapshot.discard();
    }
    await this.applyOwn(key, undefined, options);
    options.onProgress?.(commit.changes);
    return commit.changes;
  }

  private async upsert(
    key: string,
    changes: AsyncIterable<readonly GraphChange[]>,
    durable: number,
    options: GraphLoadOptions,
  ): Promise<number> {
    let done = durable;
    let held: GraphChange[] = [];
    for await (const batch of skipFirst(changes, durable)) {
      throwIfCancelled(options.signal);
      // The last commit has to say that it is the last, so one is written only when more is known to come.
      if (held.length >= this.settings.commitChanges) {
        done += await this.commit(key, held, { done: done + held.length, finished: false }, options);
        held = [];
      }
      for (const change of batch) held.push(change);
    }
    throwIfCancelled(options.signal);
    done += await this.commit(key, held, { done: done + held.length, finished: true }, options);
    return done;
  }

  private async commit(
    key: string,
    changes: readonly GraphChange[],
    progress: { done: number; finished: boolean },
    options: GraphLoadOptions,
  ): Promise<number> {
    const commit = this.log.begin(key);
    try {
      await commit.add(await this.withFormerTypes(changes, options.signal));
      await this.log.publish(commit, progress);
    } finally {
      await commit.segment.discard();
    }
    await this.applyOwn(key, { commitNum: commit.commitNum, changes }, options);
    options.onProgress?.(progress.done);
    return changes.length;
  }

  /** An event that has another type from now on says so: what that woke is to be looked at again. */
  private async withFormerTypes(
    changes: readonly GraphChange[],
    signal?: AbortSignal,
  ): Promise<readonly GraphChange[]> {
    const types = eventTypes(changes);
    if (types.size === 0) return changes;
    const former = await this.current((server) => formerTypes(server, types), signal);
    if (former.size === 0) return changes;
    return changes.map((change) => {
      const type = former.get(change.id);
      return type === undefined || change.kind !== 'vertex' ? change : { ...change, replaced: { type } };
    });
  }

  /**
   * Brings the server to the head of the log. A head commit of this very load that the server refuses is taken back:
   * the caller has its changes still, so nothing is lost, and the log holds only what can be applied.
   */
  private async applyOwn(key: string, known: KnownCommit | undefined, options: GraphLoadOptions): Promise<void> {
    const done = known === undefined ? 0 : (this.log.progressOf(key)?.done ?? 0) - known.changes.length;
    const alive = setInterval(() => options.onProgress?.(done), SIGN_OF_LIFE_MS);
    try {
      await this.session.survive((server) => this.catchUp(server, known, options.signal), options.signal);
    } catch (error) {
      if (!(error instanceof ServerRefusal)) throw error;
      if (this.log.headKey === key) await this.retractHead();
      throw refused(error);
    } finally {
      clearInterval(alive);
    }
  }

  /** Takes its turn among those who bring the server up to date: nobody may be reading what is taken back. */
  private retractHead(): Promise<void> {
    return this.updates.take(async () => {
      const head = this.log.head;
      await this.snapshots.drop((commitNum) => commitNum >= head);
      await this.log.retract();
      await this.session.survive((server) => this.replica(server).invalidate());
    });
  }

  private async snapshotIfDue(): Promise<void> {
    if (!this.settings.sharedFileSystem) return;
    const { head } = this.log;
    if (!(await this.folder.isSnapshotDue(this.settings.snapshotAfter))) return;
    const snapshot = this.snapshots.begin();
    try {
      for (const kind of ['vertex', 'edge'] as const) {
        const ids = await this.current((server) => idsOf(server, kind, META_LABEL));
        for (const page of pagesOf(ids))
          await snapshot.add(await this.current((server) => elementsOf(server, kind, page)));
      }
      await snapshot.finish();
      if (this.log.head !== head) return;
      await this.snapshots.publish(snapshot, head);
      await this.updates.take(() => this.folder.compact(snapshot.elements));
    } finally {
      await snapshot.discard();
    }
  }
}

function refused(error: ServerRefusal): HubError {
  return new HubError(
    'GRAPH_LOAD_FAILED',
    `the Gremlin server refused: ${messageOf(error)}; correct the data and load again`,
    {
      cause: error,
    },
  );
}
