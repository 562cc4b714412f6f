import { process as gremlin } from 'gremlin';
import { HubError } from '../../../core/errors';
import type { GraphChange } from '../../../core/graph/elements';
import type { ChangeLog } from './change-log';
import { ServerRefusal, type ServerConnection } from '../../gremlin/server-connection';
import type { Snapshot, Snapshots } from './snapshot';
import { restOf } from './snapshot';
import { applyChanges } from './upserts';
import type { UpsertOptions } from './upserts';

const { cardinality, t } = gremlin;

/** Label and id of the vertex that says which graph this is, and how far it is. */
export const META_LABEL = 'HubMeta';
const META_ID = 'hub:meta';

/** Reading a whole graph is one request. */
const BULK_READ_MS = 60 * 60 * 1000;
/** Changes that are collected before they are applied, so that batches are full. */
const REPLAY_CHANGES = 10_000;

interface Marker {
  readonly log: string;
  /** The last commit that is in the server. */
  readonly applied: number;
  /** False while the server holds part of a snapshot. */
  readonly whole: boolean;
}

/** The changes of one commit. */
export interface KnownCommit {
  readonly commitNum: number;
  readonly changes: readonly GraphChange[];
}

export interface ReplicaOptions extends UpsertOptions {
  readonly url: string;
  /** Whether the server reads the files this process writes: the bulk path needs it. */
  readonly sharedFileSystem: boolean;
}

/** The server's copy of what the change log says, seen over one connection. */
export class Replica {
  constructor(
    private readonly server: ServerConnection,
    private readonly log: ChangeLog,
    private readonly snapshots: Snapshots,
    private readonly options: ReplicaOptions,
  ) {}

  /**
   * Brings the server to the head of the log; costs one small request when it is there. A commit that the caller has
   * at hand is not read from the log.
   *
   * @returns the number of the last commit that the server holds
   */
  async catchUp(known?: KnownCommit, signal?: AbortSignal): Promise<number> {
    let marker = await this.usableMarker();
    const head = this.log.head;
    if (marker.applied === head) return head;
    if (await this.isRestorable(marker)) marker = await this.restoreSnapshot(marker, signal);
    if (marker.applied < this.log.compacted) throw this.notRestorable();
    for (let commitNum = marker.applied + 1; commitNum <= head; commitNum++) {
      await this.applyCommit(commitNum, commitNum === known?.commitNum ? known.changes : undefined, signal);
      await this.mark({ ...marker, applied: commitNum, whole: true });
    }
    return head;
  }

  /** Whether a snapshot has more than the server: it is asked whether it is empty only then, for every commit comes by here. */
  private async isRestorable({ applied }: Marker): Promise<boolean> {
    if (!this.options.sharedFileSystem) return false;
    const [newest] = await this.snapshots.upTo(this.log.head);
    return newest !== undefined && newest.commitNum > applied && (await this.isEmpty());
  }

  async isEmpty(): Promise<boolean> {
    const found = await this.server.query((g) => g.V().limit(2).id());
    return found.every((id) => id === META_ID);
  }

  /** Declares the server's copy broken: the next `catchUp` makes it anew. */
  async invalidate(): Promise<void> {
    await this.mark({ log: this.log.id, applied: 0, whole: false });
  }

  private async usableMarker(): Promise<Marker> {
    const marker = (await this.readMarker()) ?? (await this.claim());
    if (marker.log !== this.log.id) throw this.foreign('the graph of another hub folder');
    // One that is older than what is left of the log begins anew, from a snapshot.
    const canGoOn = marker.applied === 0 || marker.applied >= this.log.compacted;
    if (marker.whole && canGoOn && marker.applied <= this.log.head) return marker;
    await this.server.query((g) => g.V().drop(), BULK_READ_MS);
    return this.claim();
  }

  private async readMarker(): Promise<Marker | undefined> {
    const [found] = await this.server.query<Map<unknown, unknown>>((g) => g.V(META_ID).elementMap());
    if (found === undefined) return undefined;
    return { log: String(found.get('log')), applied: Number(found.get('applied')), whole: found.get('whole') === true };
  }

  /** Makes an empty server this log's. */
  private async claim(): Promise<Marker> {
    if (!(await this.isEmpty())) throw this.foreign('data that no hub wrote');
    const marker = { log: this.log.id, applied: 0, whole: true };
    await this.mark(marker);
    return marker;
  }

  private async mark(marker: Marker): Promise<void> {
    const { single } = cardinality;
    await this.server.query((g) =>
      g
        .mergeV(new Map([[t.id, META_ID]]))
        .option(gremlin.merge.onCreate, new Map([[t.label, META_LABEL]]))
        .option(gremlin.merge.onMatch, new Map())
        .property(single, 'log', marker.log)
        .property(single, 'applied', BigInt(marker.applied))
        .property(single, 'whole', marker.whole),
    );
  }

  /** From the newest snapshot, or from the one before it should that be damaged; else from the log alone, if it has all. */
  private async restoreSnapshot(empty: Marker, signal?: AbortSignal): Promise<Marker> {
    const refused: number[] = [];
    let marker = empty;
    for (const snapshot of await this.snapshots.upTo(this.log.head)) {
      await this.mark({ ...marker, whole: false });
      try {
        await this.readSnapshot(snapshot, signal);
        marker = { ...marker, applied: snapshot.commitNum, whole: true };
        await this.mark(marker);
        break;
      } catch (error) {
        if (!(error instanceof ServerRefusal)) throw error;
        refused.push(snapshot.commitNum);
        marker = await this.usableMarker();
      }
    }
    // Where there is no other way, somebody may mend them.
    if (marker.applied >= this.log.compacted) await this.snapshots.drop((commitNum) => refused.includes(commitNum));
    return marker;
  }

  private async readSnapshot(snapshot: Snapshot, signal?: AbortSignal): Promise<void> {
    await this.server.query(
      (g) => g.io(snapshot.graphml).with_('~tinkerpop.io.reader', 'graphml').read(),
      BULK_READ_MS,
    );
    await this.apply(restOf(snapshot), signal);
  }

  private async applyCommit(
    commitNum: number,
    changes: readonly GraphChange[] | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    if (changes !== undefined) await applyChanges(this.server, changes, this.options, signal);
    else await this.apply(this.log.changes(commitNum), signal);
  }

  private async apply(batches: AsyncIterable<readonly GraphChange[]>, signal?: AbortSignal): Promise<void> {
    let collected: GraphChange[] = [];
    for await (const batch of batches) {
      for (const change of batch) collected.push(change);
      if (collected.length < REPLAY_CHANGES) continue;
      await applyChanges(this.server, collected, this.options, signal);
      collected = [];
    }
    await applyChanges(this.server, collected, this.options, signal);
  }

  private notRestorable(): HubError {
    const remedy = this.options.sharedFileSystem
      ? 'restore the graph folder from a backup'
      : 'use a Gremlin Server on this machine, as hub start does by itself';
    return new HubError(
      'GRAPH_LOG_INVALID',
      `the graph's change log begins after commit ${this.log.compacted}, and no snapshot of what was before can be read; ${remedy}`,
    );
  }

  private foreign(what: string): HubError {
    return new HubError(
      'GRAPH_FOREIGN',
      `the Gremlin server at ${this.options.url} holds ${what}; give this hub a server of its own (engines.gremlin.url in hub.yaml)`,
      { field: 'engines.gremlin.url' },
    );
  }
}
