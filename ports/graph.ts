import type { GraphChange, GraphElement } from '../core/graph/elements';
import type { Traversal, TraversalParameters } from '../core/graph/traversal';

export interface GraphLoad {
  /**
   * Name of this load, made from its input. A load whose name the graph already holds as finished is not run again;
   * one that was cut off goes on after its last durable batch. The changes must therefore be the same, in the same
   * order, each time the name is used. Left out where what is written depends on what the graph has: each attempt is a
   * load of its own.
   */
  readonly key?: string;
  /** Batches of changes. Vertices come before the edges that need them. */
  readonly changes: AsyncIterable<readonly GraphChange[]>;
  /** How many changes will come, where known: decides whether the bulk path is worth it, and scales the progress. */
  readonly expected?: number;
}

export interface GraphLoadOptions {
  readonly signal?: AbortSignal;
  /** Called as changes become durable and applied. */
  readonly onProgress?: (done: number) => void;
  /** Forces a path; by default `bulk` for large loads into an empty graph where the adapter can, else `upsert`. */
  readonly path?: 'bulk' | 'upsert';
}

export interface GraphLoadResult {
  readonly path: 'bulk' | 'upsert' | 'already-loaded';
  readonly changes: number;
}

/** Elements by label, e.g. `{ vertices: { Profile: 3 }, edges: {} }`. */
export interface GraphCounts {
  readonly vertices: Readonly<Record<string, number>>;
  readonly edges: Readonly<Record<string, number>>;
}

/**
 * The customer journey graph (Gremlin Server locally, Neptune in AWS). Writes are idempotent; properties have single
 * cardinality; an upsert keeps properties it does not name.
 *
 * Errors: `GRAPH_UNAVAILABLE` (retryable) when the server cannot be reached, `GRAPH_LOAD_FAILED` when it refuses data.
 */
export interface Graph {
  load(load: GraphLoad, options?: GraphLoadOptions): Promise<GraphLoadResult>;
  counts(): Promise<GraphCounts>;
  /**
   * The results of a traversal that reads; maps are `Map`s, Longs `bigint`s.
   *
   * @param parameters what the traversal's parameters stand for
   */
  query(traversal: Traversal, parameters?: TraversalParameters, signal?: AbortSignal): Promise<unknown[]>;
  /** Every element, vertices first, each kind ordered by id: what tests and consistency checks compare. */
  elements(): AsyncIterable<GraphElement>;
  close(): Promise<void>;
}
