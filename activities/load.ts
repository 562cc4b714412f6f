import { createHash } from 'node:crypto';
import type { GraphChange } from '../core/graph/elements';
import { expectedChangesSql, journeyElements, type ElementQuery } from '../core/graph/journey-graph';
import type { Graph } from '../ports/graph';
import type { Lake, ReadOptions } from '../ports/lake';
import { cancellation, heartbeat } from './context';

export interface LoadGraphResult {
  readonly path: 'bulk' | 'upsert' | 'already-loaded' | 'nothing-new';
  readonly changes: number;
}

export function createLoadActivities({ lake, graph }: { lake: Lake; graph: Graph }) {
  return {
    /** Brings the graph up to the lake: what landed and which identities changed since it was last loaded, in one load. */
    async loadGraph(): Promise<LoadGraphResult> {
      const signal = cancellation();
      const version = await lake.version();
      const pending = {
        landed: await pendingBatches(lake, 'files', { version, signal }),
        identity: await pendingBatches(lake, 'identity_changes', { version, signal }),
      };
      const batches = [...pending.landed, ...pending.identity];
      if (batches.length === 0) return { path: 'nothing-new', changes: 0 };

      const [count] = await lake.rows<{ expected: bigint }>(expectedChangesSql(pending), { version, signal });
      const total = Number(count?.expected ?? 0);
      const progress = { stage: 'load', unit: 'elements', total } as const;
      heartbeat({ ...progress, done: 0 });
      // Versions of what the changes come from, not the lake's own: so a load that is tried again finds its key.
      const basis = [await lake.tableVersion('profiles'), await lake.tableVersion('identities')];
      const key = `journeys:${digest([basis, batches])}`;
      const result = await graph.load(
        { key, changes: changesOf(lake, journeyElements(pending), version, signal), expected: total },
        { signal, onProgress: (done) => heartbeat({ ...progress, done }) },
      );
      await lake.commit({
        key: `graph:${key}`,
        series: 'graph',
        inputs: {
          loaded: { columns: { batch: 'VARCHAR' }, batches: [{ rows: batches.length, columns: { batch: batches } }] },
        },
        writes: [{ table: 'graph_loads', mode: 'append', select: 'SELECT batch FROM loaded' }],
      });
      return { path: result.path, changes: result.changes };
    },
  };
}

/** Batches that the lake has and the graph has not. */
async function pendingBatches(lake: Lake, table: 'files' | 'identity_changes', read: ReadOptions): Promise<string[]> {
  const rows = await lake.rows<{ batch: string }>(
    `SELECT DISTINCT batch FROM ${table} WHERE batch NOT IN (SELECT batch FROM graph_loads) ORDER BY batch`,
    read,
  );
  return rows.map(({ batch }) => batch);
}

async function* changesOf(
  lake: Lake,
  queries: readonly ElementQuery[],
  version: number,
  signal: AbortSignal,
): AsyncGenerator<GraphChange[]> {
  for (const query of queries) {
    for await (const batch of lake.stream(query.sql, { version, signal })) yield query.changes(batch);
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
