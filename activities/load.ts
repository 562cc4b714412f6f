import { createHash } from 'node:crypto';
import type { GraphChange } from '../core/graph/elements';
import { expectedChangesSql, journeyElements, type ElementQuery } from '../core/graph/journey-graph';
import type { Graph } from '../ports/graph';
import type { Lake } from '../ports/lake';
import { cancellation, heartbeat } from './context';
import { consumed, pendingBatches } from './pending-batches';

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
      const pending = await pendingBatches(lake, 'graph', { version, signal });
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
        { key, changes: changesOf(lake, journeyElements(pending, lake.dialect), version, signal), expected: total },
        { signal, onProgress: (done) => heartbeat({ ...progress, done }) },
      );
      await lake.commit({ key: `graph:${key}`, series: 'graph', ...consumed('graph', batches) });
      return { path: result.path, changes: result.changes };
    },
  };
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
