import { createHash } from 'node:crypto';
import type { GraphChange } from '../core/graph/elements';
import { expectedChangesSql, identityElements, landedElements, type ElementQuery } from '../core/graph/journey-graph';
import type { Graph } from '../ports/graph';
import type { Lake } from '../ports/lake';
import { cancellation, heartbeat } from './context';

export type GraphDataset = 'landed' | 'identity';

export interface LoadGraphResult {
  readonly path: 'bulk' | 'upsert' | 'already-loaded' | 'nothing-new';
  readonly changes: number;
}

/** Batches of each dataset that the lake has and the graph has not. */
const PENDING: Readonly<Record<GraphDataset, string>> = {
  landed: `SELECT DISTINCT batch FROM files WHERE batch NOT IN (SELECT batch FROM graph_loads) ORDER BY batch`,
  identity: `SELECT DISTINCT batch FROM identity_changes WHERE batch NOT IN (SELECT batch FROM graph_loads) ORDER BY batch`,
};

export function createLoadActivities({ lake, graph }: { lake: Lake; graph: Graph }) {
  return {
    /** Brings the graph up to the lake: all batches of a dataset that it does not hold yet, in one load. */
    async loadGraph(input: { dataset: GraphDataset }): Promise<LoadGraphResult> {
      const signal = cancellation();
      const version = await lake.version();
      const pending = await lake.rows<{ batch: string }>(PENDING[input.dataset], { version, signal });
      const batches = pending.map(({ batch }) => batch);
      if (batches.length === 0) return { path: 'nothing-new', changes: 0 };

      const [count] = await lake.rows<{ expected: bigint }>(expectedChangesSql(batches), { version, signal });
      const total = Number(count?.expected ?? 0);
      const progress = { stage: 'load', unit: 'elements', total } as const;
      heartbeat({ ...progress, done: 0 });
      const queries = input.dataset === 'landed' ? landedElements(batches) : identityElements(batches);
      // The version of the table that the changes come from, not the lake's: so a retried load finds its key again.
      const basis = await lake.tableVersion(input.dataset === 'landed' ? 'profiles' : 'identities');
      const key = `${input.dataset}:${digest([basis, batches])}`;
      const result = await graph.load(
        { key, changes: changesOf(lake, queries, version, signal), expected: total },
        { signal, onProgress: (done) => heartbeat({ ...progress, done }) },
      );
      await lake.commit({
        key: `graph:${key}`,
        series: `graph:${input.dataset}`,
        inputs: { loaded: { columns: { batch: 'VARCHAR' }, batches: [{ rows: batches.length, columns: { batch: batches } }] } },
        writes: [{ table: 'graph_loads', mode: 'append', select: 'SELECT batch FROM loaded' }],
      });
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
