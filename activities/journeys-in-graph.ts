import { inWritingOrder } from '../core/graph/changes';
import type { GraphChange } from '../core/graph/elements';
import { readHappened } from '../core/milestones/gremlin/read-completions';
import { REACHED, journeysTraversal } from '../core/milestones/gremlin/reaction-gremlin';
import type { CustomerJourney, Known } from '../core/milestones/look';
import type { KnownMilestone } from '../core/milestones/reconcile';
import type { MilestoneTrigger } from '../core/milestones/trigger';
import { knowledgeFor } from '../core/milestones/trigger-index';
import type { Graph } from '../ports/graph';

/** Customers whose journeys are read in one request. */
export const CUSTOMERS_TOGETHER = 200;

/** What the graph has of the milestones of customers. */
export async function knownOf(
  graph: Pick<Graph, 'query'>,
  customers: readonly string[],
  signal?: AbortSignal,
): Promise<Known> {
  const rows = (await graph.query(REACHED, { customers }, signal)) as ReadonlyMap<string, unknown>[];
  const known = new Map<string, KnownMilestone[]>();
  for (const row of rows) {
    const text = (column: string) => String(row.get(column));
    const key = `${text('customer')}\n${text('name')}`;
    const own = known.get(key) ?? [];
    own.push({ id: text('id'), content: text('content'), evidence: Number(row.get('evidence')) });
    known.set(key, own);
  }
  return known;
}

/** What customers did and reached, as far as these milestones are concerned, read for all of them at once. */
export async function journeysOf(
  graph: Pick<Graph, 'query'>,
  triggers: readonly MilestoneTrigger[],
  customers: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, CustomerJourney>> {
  const { types, eventAttributes, profileAttributes } = knowledgeFor(triggers);
  const traversal = journeysTraversal(types, eventAttributes, profileAttributes);
  const rows = await graph.query(traversal, { customers }, signal);
  return new Map(
    (rows as ReadonlyMap<string, unknown>[]).map((row) => [
      String(row.get('customer')),
      {
        events: (row.get('events') as unknown[]).map(readHappened),
        profiles: row.get('profiles') as ReadonlyMap<string, unknown>[],
      },
    ]),
  );
}

/** Writes changes that follow from what the graph has: each time a load of its own, in one commit. */
export async function writeChanges(graph: Graph, changes: readonly GraphChange[], signal?: AbortSignal): Promise<void> {
  if (changes.length === 0) return;
  const batches = (async function* () {
    yield inWritingOrder(changes);
  })();
  await graph.load({ changes: batches }, { path: 'upsert', ...(signal === undefined ? {} : { signal }) });
}
