import { reachedByNobody } from '../core/milestones/gremlin/everybody-gremlin';
import type { LookedAt } from '../core/milestones/look';
import { milestoneKeyOf } from '../core/milestones/milestone-id';
import { FOUND_COLUMNS, foundWrites, stepTimesText } from '../core/milestones/sql/recompute-sql';
import type { Graph } from '../ports/graph';
import type { ColumnBatch, Lake } from '../ports/lake';
import type { TriggerStore } from '../ports/trigger-store';
import type { MilestoneRunPlan } from '../schemas/milestone-run';
import { heartbeat } from './context';
import type { EverybodyInGraph } from './everybody-in-graph';
import type { GraphMilestonePlan } from './graph-milestones';
import { writeChanges } from './journeys-in-graph';
import { batchOf, digest, runsLike, type ComputedMilestone } from './milestone-runs';
import { consumed } from './pending-batches';

export interface LoadedFromGraph {
  readonly computed: readonly ComputedMilestone[];
  /** Milestones that the graph gained and lost; one whose steps changed is both. */
  readonly added: number;
  readonly removed: number;
}

export interface LoadFromGraphPorts {
  readonly lake: Lake;
  readonly graph: Graph;
  readonly triggers: TriggerStore;
}

/** So often is a customer looked at whose milestones are others each time. */
const MOST_LOOKS = 5;
/** Milestones of nobody that are removed at a time. */
const TOGETHER = 1_000;

/**
 * Computes milestones from the graph, for everybody: makes them in the graph what they are, some customers at a time, and
 * puts all of them into the lake with one commit. It compares with what there is, so that it may be cut off and run again
 * at any time; once the commit is made, a computation of the same name is not made again.
 *
 * @param name of the computation
 */
export async function loadFromGraph(
  ports: LoadFromGraphPorts,
  { everybody, bases, last, version }: GraphMilestonePlan,
  { asOf, from, to }: MilestoneRunPlan,
  name: unknown,
): Promise<LoadedFromGraph> {
  const { lake, graph } = ports;
  const { milestones, signal } = everybody;
  const made = await runsLike(lake, `milestones-%-${digest(name)}`, { signal });
  if (made.length > 0 || milestones.length === 0) return { computed: made, added: 0, removed: 0 };
  const counts = { added: 0, removed: 0 };
  for (const { spec } of milestones) counts.removed += await removeOfNobody(graph, spec.name, signal);
  const batch = await batchOf(lake, name, { version, signal });
  const computing = milestones.map((milestone) => ({ ...milestone, basis: bases.get(milestone.spec.name)! }));
  const isComputed = new Set(milestones.map(({ spec }) => spec.name));
  const kept = [...last.keys()].filter((other) => !isComputed.has(other));
  const run = { computed: computing, kept, retired: [], asOf, from, to, batch };
  const { inputs, writes } = consumed('milestones', [batch]);
  // The graph is written as the lake takes the rows: nobody ever holds those of all customers.
  const found = { columns: FOUND_COLUMNS, batches: rowsOf(ports, everybody, counts) };
  await lake.commit(
    {
      key: batch,
      series: 'milestones',
      version,
      inputs: { found, ...inputs },
      writes: [...foundWrites(run, 'found', lake.dialect), ...writes],
    },
    { signal },
  );
  return { computed: await runsLike(lake, batch), ...counts };
}

/** What all customers reached, as rows; by the time that they are told, the graph has them. */
async function* rowsOf(
  ports: LoadFromGraphPorts,
  everybody: EverybodyInGraph,
  counts: { added: number; removed: number },
): AsyncGenerator<ColumnBatch> {
  const specs = new Map(everybody.milestones.map(({ spec }) => [spec.name, spec]));
  let customers = 0;
  const parts = everybody.inParts(async (ids) => ({ ids, ...(await settle(ports, everybody, ids)) }));
  for await (const { ids, settled, added, removed } of parts) {
    customers += ids.length;
    counts.added += added;
    counts.removed += removed;
    heartbeat({ stage: 'load', unit: 'milestones', done: counts.added, detail: `${customers} customers looked at` });
    const rows = settled.flatMap(({ customerId, milestone, found }) =>
      found.map(({ reachedAt, completion }) => [
        milestone,
        customerId,
        reachedAt,
        stepTimesText(specs.get(milestone)!, completion),
      ]),
    );
    const columns = Object.keys(FOUND_COLUMNS).map((column, index) => [column, rows.map((row) => row[index])]);
    if (rows.length > 0) yield { rows: rows.length, columns: Object.fromEntries(columns) as ColumnBatch['columns'] };
  }
}

/**
 * Makes the milestones of some customers in the graph what they are. Whose were others is looked at again: what happened
 * between reading and writing was followed before, by those who did not see yet what is written here. What happens after the
 * last look is followed after it.
 */
async function settle(
  { graph, triggers }: LoadFromGraphPorts,
  everybody: EverybodyInGraph,
  customers: readonly string[],
) {
  const settled: LookedAt[] = [];
  const dues = new Map<string, number | undefined>();
  let [added, removed] = [0, 0];
  let open = customers;
  for (let looks = 1; open.length > 0; looks++) {
    const results = await everybody.look(open);
    await writeChanges(
      graph,
      results.flatMap(({ changes }) => changes),
      everybody.signal,
    );
    const awaited = results.flatMap((result) => {
      const { customerId, milestone } = result;
      const key = `${customerId}\n${milestone}`;
      const dueAt = dueOf(result, everybody);
      if (dues.get(key) === dueAt) return [];
      dues.set(key, dueAt);
      return [{ customerId, milestone, dueAt }];
    });
    if (awaited.length > 0) await triggers.setDue(awaited, everybody.signal);
    for (const { reached, retracted } of results)
      [added, removed] = [added + reached.length, removed + retracted.length];
    const changed = results.filter(({ changes }) => changes.length > 0);
    const again = new Set(looks < MOST_LOOKS ? [...changed, ...awaited].map(({ customerId }) => customerId) : []);
    settled.push(...results.filter(({ customerId }) => !again.has(customerId)));
    open = [...again];
  }
  return { settled, added, removed };
}

/** When to look again: now, where the graph has what this computation cannot judge, since its time was before. */
function dueOf({ left, nextDue }: LookedAt, { judgement }: EverybodyInGraph): number | undefined {
  const isOpen = left.some((id) => judgement.writes?.(milestoneKeyOf(id).reachedAt) !== false);
  return isOpen ? 0 : nextDue;
}

/** Milestones of customers who are no more, since their profiles are others' now. */
async function removeOfNobody(graph: Graph, milestone: string, signal: AbortSignal): Promise<number> {
  for (let removed = 0; ;) {
    const ids = (await graph.query(reachedByNobody(milestone, TOGETHER), {}, signal)) as string[];
    if (ids.length === 0) return removed;
    await writeChanges(
      graph,
      ids.map((id) => ({ kind: 'remove-vertex', id })),
      signal,
    );
    removed += ids.length;
  }
}
