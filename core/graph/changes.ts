import { HubError } from '../errors';
import type { Edge, GraphChange, PropertyValue, Removal, Vertex } from './elements';

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

export function isRemoval(change: GraphChange): change is Removal {
  return change.kind === 'remove-vertex' || change.kind === 'remove-edge';
}

/**
 * Refuses what no graph engine could store, before it becomes part of the durable log.
 * Throws `GRAPH_LOAD_FAILED`, naming the element and the property.
 */
export function checkChange(change: GraphChange): void {
  if (change.id === '') throw refused(change, 'has an empty id; give every element an id');
  if (isRemoval(change)) return;
  for (const key in change.properties) {
    if (key === '' || key.startsWith('~')) {
      throw refused(change, `has a property named "${key}"; give it a name that does not start with "~"`);
    }
    checkValue(change, key, change.properties[key]!);
  }
}

function checkValue(change: GraphChange, key: string, value: PropertyValue): void {
  if (typeof value === 'bigint' && (value < LONG_MIN || value > LONG_MAX)) {
    throw refused(change, `property "${key}" is ${value}, which a 64-bit Long cannot hold; give it as text`);
  }
}

function refused(change: GraphChange, reason: string): HubError {
  return new HubError('GRAPH_LOAD_FAILED', `${change.kind} "${change.id}" ${reason}`, { field: change.id });
}

/** Changes of different elements so that none needs a later one: vertices before edges, and many of a kind in a row. */
export function inWritingOrder(changes: readonly GraphChange[]): GraphChange[] {
  const kinds = ['remove-edge', 'remove-vertex', 'vertex', 'edge'] as const;
  return kinds.flatMap((kind) => changes.filter((change) => change.kind === kind));
}

/** Changes of one kind on different elements: their order does not matter, so they may be applied in any order. */
export type Phase =
  | { readonly kind: 'vertex'; readonly changes: readonly Vertex[] }
  | { readonly kind: 'edge'; readonly changes: readonly Edge[] }
  | { readonly kind: 'remove-vertex' | 'remove-edge'; readonly changes: readonly Removal[] };

/**
 * Changes as phases to be applied one after the other, with the same outcome as one change after the other: a run of
 * one kind becomes a phase, within which several upserts of an element become one.
 */
export function phasesOf(changes: readonly GraphChange[]): Phase[] {
  const phases: Phase[] = [];
  let start = 0;
  for (let end = 1; end <= changes.length; end++) {
    const kind = changes[start]!.kind;
    if (end < changes.length && changes[end]!.kind === kind) continue;
    phases.push({ kind, changes: mergeById(changes.slice(start, end)) } as Phase);
    start = end;
  }
  return phases;
}

function mergeById(changes: readonly GraphChange[]): GraphChange[] {
  const byId = new Map<string, GraphChange>();
  for (const change of changes) {
    const earlier = byId.get(change.id);
    byId.set(change.id, earlier === undefined ? change : merged(earlier, change));
  }
  return [...byId.values()];
}

/** The second upsert of an element on top of the first, which decides label and ends. */
function merged(earlier: GraphChange, later: GraphChange): GraphChange {
  if (isRemoval(earlier) || isRemoval(later)) return earlier;
  return { ...earlier, properties: { ...earlier.properties, ...later.properties } };
}
