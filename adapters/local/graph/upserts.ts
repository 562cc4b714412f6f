import { process as gremlin } from 'gremlin';
import { phasesOf } from '../../../core/graph/changes';
import type { Phase } from '../../../core/graph/changes';
import type { Edge, GraphChange, GraphElement, Removal, Vertex } from '../../../core/graph/elements';
import { wireValue } from '../../gremlin/graph-binary';
import { batches, inParallel, throwIfCancelled } from '../../gremlin/sequences';
import type { Request, ServerConnection, Traversals } from '../../gremlin/server-connection';

const { statics, cardinality, merge, direction, t } = gremlin;

export interface UpsertOptions {
  /** Elements a request carries. */
  readonly batchSize: number;
  /** Requests under way at a time. */
  readonly inFlight: number;
}

/**
 * Applies changes in their order. Idempotent: changes that were applied before, in part or whole, leave the same graph.
 * Throws `ServerRefusal` when the server does not take them.
 */
export async function applyChanges(
  server: ServerConnection,
  changes: readonly GraphChange[],
  options: UpsertOptions,
  signal?: AbortSignal,
): Promise<void> {
  for (const phase of phasesOf(changes)) {
    await inParallel(requestsOf(phase, options.batchSize), options.inFlight, async (request) => {
      throwIfCancelled(signal);
      await server.query(request);
    });
  }
}

function requestsOf(phase: Phase, batchSize: number): Request[] {
  if (phase.kind === 'vertex') {
    return shapesOf(phase.changes).flatMap((shape) => batches(shape, batchSize).map((batch) => upsertVertices(batch)));
  }
  if (phase.kind === 'edge') {
    return shapesOf(phase.changes).flatMap((shape) => batches(shape, batchSize).map((batch) => upsertEdges(batch)));
  }
  return batches(phase.changes, batchSize).map((batch) => remove(phase.kind, batch));
}

/**
 * One traversal for elements with the same property names. Properties are set by `property(single, …)` after the merge,
 * since a plain `onMatch` map adds to a set, and a null takes the property away.
 */
function upsertVertices(vertices: readonly Vertex[]): Request {
  const rows = vertices.map(
    (vertex) =>
      new Map<string, unknown>([
        ['match', new Map([[t.id, vertex.id]])],
        ['create', new Map([[t.label, vertex.label]])],
        ['set', valuesOf(vertex)],
      ]),
  );
  return (g) => setProperties(mergeRows(g, rows, 'mergeV'), vertices[0]!, [cardinality.single]).count();
}

function upsertEdges(edges: readonly Edge[]): Request {
  const rows = edges.map(
    (edge) =>
      new Map<string, unknown>([
        ['match', new Map([[t.id, edge.id]])],
        [
          'create',
          new Map<unknown, unknown>([
            [t.label, edge.label],
            [direction.from_, edge.from],
            [direction.to, edge.to],
          ]),
        ],
        ['set', valuesOf(edge)],
      ]),
  );
  return (g) => setProperties(mergeRows(g, rows, 'mergeE'), edges[0]!, []).count();
}

function mergeRows(g: Traversals, rows: readonly unknown[], step: 'mergeV' | 'mergeE'): gremlin.GraphTraversal {
  return g
    .inject(rows)
    .unfold()
    .as('row')
    [step](statics.select('match'))
    .option(merge.onCreate, statics.select('create'))
    .option(merge.onMatch, new Map());
}

function setProperties(
  merged: gremlin.GraphTraversal,
  shape: GraphElement,
  prefix: readonly unknown[],
): gremlin.GraphTraversal {
  return Object.keys(shape.properties).reduce(
    (traversal, key) => traversal.property(...prefix, key, statics.select('row').select('set').select(key)),
    merged,
  );
}

function valuesOf(element: GraphElement): Map<string, unknown> {
  return new Map(Object.entries(element.properties).map(([key, value]) => [key, wireValue(value)]));
}

function remove(kind: Removal['kind'], removals: readonly Removal[]): Request {
  const ids = removals.map((removal) => removal.id);
  return (g) => (kind === 'remove-vertex' ? g.V(...ids) : g.E(...ids)).drop();
}

/** Elements by the names of their properties: one traversal serves one shape. */
function shapesOf<E extends GraphElement>(elements: readonly E[]): E[][] {
  const shapes = new Map<string, E[]>();
  for (const element of elements) {
    const shape = JSON.stringify(Object.keys(element.properties));
    const same = shapes.get(shape);
    if (same === undefined) shapes.set(shape, [element]);
    else same.push(element);
  }
  return [...shapes.values()];
}
