import { process as gremlin } from 'gremlin';
import { isRemoval, phasesOf } from '../../../core/graph/changes';
import type { Edge, GraphChange, PropertyValue, Vertex } from '../../../core/graph/elements';
import { wireValue } from '../../gremlin/graph-binary';
import { inParallel, throwIfCancelled } from '../../gremlin/sequences';
import type { Request } from '../../gremlin/server-connection';
import type { LoadMarker } from './load-marker';
import type { NeptuneSession } from './neptune-session';

const { statics, cardinality, merge, direction, t } = gremlin;

export interface NeptuneUpsertOptions {
  /** Records that a request carries, about: an element is one, and each of its properties. Neptune's guide says 200. */
  readonly requestRecords: number;
  /** Changes of no more records are one request, so one transaction: all or nothing. */
  readonly atomicRecords: number;
  /** Requests under way at a time. */
  readonly inFlight: number;
}

/** What a change counts in a request. */
export function recordsOf(change: GraphChange): number {
  return isRemoval(change) ? 1 : 1 + Object.keys(change.properties).length;
}

/**
 * Applies changes in their order, and then notes how far the load is. Few of them are one transaction with the note, but
 * for upserts that follow removals: whether an element may be written in the transaction that took it away no manual says.
 * Idempotent: changes that were applied before, in part or whole, leave the same graph. Throws what the session throws.
 */
export async function applyToNeptune(
  session: NeptuneSession,
  changes: readonly GraphChange[],
  options: NeptuneUpsertOptions,
  marker: LoadMarker | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const records = changes.reduce((sum, change) => sum + recordsOf(change), 0);
  if (records <= options.atomicRecords) return applyWhole(session, changes, marker, signal);
  for (const { changes: together } of phasesOf(changes)) {
    await inParallel(requestsOf(together, options.requestRecords), options.inFlight, async (request) => {
      throwIfCancelled(signal);
      await session.query(requestOf(request), { signal });
    });
  }
  await applyWhole(session, [], marker, signal);
}

async function applyWhole(
  session: NeptuneSession,
  changes: readonly GraphChange[],
  marker: LoadMarker | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const transactions = withRemovalsLast(changes);
  const last = transactions.pop() ?? [];
  for (const transaction of transactions) await session.query(requestOf(transaction), { signal });
  if (last.length > 0 || marker !== undefined) await session.query(requestOf(last, marker), { signal });
}

/** Changes in their order, cut wherever an upsert follows a removal. */
function withRemovalsLast(changes: readonly GraphChange[]): GraphChange[][] {
  const parts: GraphChange[][] = [];
  for (const [index, change] of changes.entries()) {
    const before = changes[index - 1];
    if (before === undefined || (isRemoval(before) && !isRemoval(change))) parts.push([]);
    parts.at(-1)!.push(change);
  }
  return parts;
}

/** Changes cut into requests. */
function requestsOf(changes: readonly GraphChange[], most: number): GraphChange[][] {
  const requests: GraphChange[][] = [];
  let room = 0;
  for (const change of changes) {
    const records = recordsOf(change);
    if (room < records) {
      requests.push([]);
      room = most;
    }
    requests.at(-1)!.push(change);
    room -= records;
  }
  return requests;
}

/**
 * Changes as one chain of steps, in their order. A chain of `mergeV` and `mergeE` with literal maps is the form for which
 * Neptune's guide gives its batch sizes. Properties are set by `property(single, …)` after the merge, since a plain
 * `onMatch` map adds to a set. It ends in a `count`, and never by the driver's `iterate`, whose step of 3.8 (`discard`)
 * Neptune's 3.7 does not know.
 */
function requestOf(changes: readonly GraphChange[], marker?: LoadMarker): Request {
  return (g) => {
    let chain: gremlin.GraphTraversal = g.inject(0);
    for (const change of changes) chain = step(chain, change);
    if (marker !== undefined) chain = mergeVertex(chain, { id: marker.id, label: marker.label }, marker.properties);
    return chain.count();
  };
}

function step(chain: gremlin.GraphTraversal, change: GraphChange): gremlin.GraphTraversal {
  switch (change.kind) {
    case 'vertex':
      return mergeVertex(chain, change, change.properties);
    case 'edge':
      return mergeEdge(chain, change);
    case 'remove-vertex':
      return chain.sideEffect(statics.V(change.id).drop());
    case 'remove-edge':
      return chain.sideEffect(midTraversalEdge(change.id).drop());
  }
}

function mergeVertex(
  chain: gremlin.GraphTraversal,
  { id, label }: Pick<Vertex, 'id'> & { readonly label: string },
  properties: Readonly<Record<string, PropertyValue>>,
): gremlin.GraphTraversal {
  const merged = chain
    .mergeV(new Map([[t.id, id]]))
    .option(merge.onCreate, new Map([[t.label, label]]))
    .option(merge.onMatch, new Map());
  return setProperties(merged, properties, [cardinality.single]);
}

function mergeEdge(chain: gremlin.GraphTraversal, edge: Edge): gremlin.GraphTraversal {
  const created = new Map<unknown, unknown>([
    [t.label, edge.label],
    [direction.from_, edge.from],
    [direction.to, edge.to],
  ]);
  const merged = chain
    .mergeE(new Map([[t.id, edge.id]]))
    .option(merge.onCreate, created)
    .option(merge.onMatch, new Map());
  return setProperties(merged, edge.properties, []);
}

/** A null takes the property away. */
function setProperties(
  merged: gremlin.GraphTraversal,
  properties: Readonly<Record<string, PropertyValue>>,
  prefix: readonly unknown[],
): gremlin.GraphTraversal {
  return Object.entries(properties).reduce(
    (chain, [key, value]) =>
      value === null
        ? chain.sideEffect(statics.properties(key).drop())
        : chain.property(...prefix, key, wireValue(value)),
    merged,
  );
}

/** `E` in the middle of a traversal came with TinkerPop 3.7, and is younger than the driver's types. */
function midTraversalEdge(id: string): gremlin.GraphTraversal {
  return (statics as unknown as { E(id: string): gremlin.GraphTraversal }).E(id);
}
