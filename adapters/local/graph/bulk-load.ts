import { setImmediate as nextTurn } from 'node:timers/promises';
import { isRemoval } from '../../../core/graph/changes';
import type { GraphChange, GraphElement } from '../../../core/graph/elements';
import type { CommitWriter } from './change-log';
import type { SnapshotWriter } from './snapshot';

/** How long to work before other work of the process (heartbeats) gets its turn, in milliseconds. */
const TURN_MS = 15;

/**
 * Writes a load's changes to its commit and, as far as a bulk read gives the same graph, to a snapshot. Changes that a
 * bulk read cannot make (a second upsert of an element, an edge before its vertex, removals and what follows them)
 * are kept to be made after it.
 */
export class BulkLoad {
  private readonly vertices = new Set<string>();
  private readonly edges = new Set<string>();
  private sawRemoval = false;
  private turnStart = performance.now();

  constructor(
    private readonly commit: CommitWriter,
    private readonly snapshot: SnapshotWriter,
  ) {}

  async add(changes: readonly GraphChange[]): Promise<void> {
    for (let start = 0; start < changes.length; start += SLICE) {
      const slice = changes.slice(start, start + SLICE);
      await this.commit.add(slice);
      await this.write(slice);
      await this.yieldTurn();
    }
  }

  private async write(changes: readonly GraphChange[]): Promise<void> {
    const now: GraphElement[] = [];
    const later: GraphChange[] = [];
    for (const change of changes) {
      if (this.isReadable(change)) now.push(change);
      else later.push(change);
    }
    await this.snapshot.add(now);
    if (later.length > 0) await this.snapshot.addLater(later);
  }

  private isReadable(change: GraphChange): change is GraphElement {
    if (isRemoval(change)) this.sawRemoval = true;
    if (this.sawRemoval || isRemoval(change)) return false;
    if (change.kind === 'vertex') return addOnce(this.vertices, change.id);
    if (!this.vertices.has(change.from) || !this.vertices.has(change.to)) {
      this.edges.add(change.id);
      return false;
    }
    return addOnce(this.edges, change.id);
  }

  private async yieldTurn(): Promise<void> {
    if (performance.now() - this.turnStart < TURN_MS) return;
    await nextTurn();
    this.turnStart = performance.now();
  }
}

const SLICE = 500;

function addOnce(ids: Set<string>, id: string): boolean {
  return ids.size !== ids.add(id).size;
}
