/** Labels of the customer journey graph. */
export type VertexLabel = 'Profile' | 'Customer' | 'Event' | 'Milestone';
export type EdgeLabel = 'PERFORMED' | 'IDENTIFIED_AS' | 'REACHED' | 'EVIDENCED_BY';

/**
 * A property value. A `bigint` is a Gremlin Long (times are Long epoch milliseconds), a `number` a Double.
 * `null` removes the property on an upsert.
 */
export type PropertyValue = string | number | bigint | boolean | null;
export type Properties = Readonly<Record<string, PropertyValue>>;

export interface Vertex {
  readonly kind: 'vertex';
  readonly id: string;
  readonly label: VertexLabel;
  readonly properties: Properties;
  /** Values that these took the place of, where they are known: who follows the graph learns of them by this alone. */
  readonly replaced?: Properties;
}

export interface Edge {
  readonly kind: 'edge';
  readonly id: string;
  readonly label: EdgeLabel;
  readonly from: string;
  readonly to: string;
  readonly properties: Properties;
}

/** A vertex or edge to be written. Ids are made from content, so writing an element twice is writing it once. */
export type GraphElement = Vertex | Edge;

/** Takes an element away; a vertex takes its edges with it. Removing what is not there is no error. */
export interface Removal {
  readonly kind: 'remove-vertex' | 'remove-edge';
  readonly id: string;
  /** The label of an edge, where it is known. */
  readonly label?: EdgeLabel;
  /** The ends of an edge, where they are known: who follows the graph learns of them by this alone. */
  readonly from?: string;
  readonly to?: string;
}

export type GraphChange = GraphElement | Removal;
