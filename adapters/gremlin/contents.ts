import { process as gremlin } from 'gremlin';
import type {
  Edge,
  EdgeLabel,
  GraphElement,
  Properties,
  PropertyValue,
  Vertex,
  VertexLabel,
} from '../../core/graph/elements';
import type { GraphCounts } from '../../ports/graph';
import { batches } from './sequences';
import type { GremlinReader } from './server-connection';

const { statics, t } = gremlin;

/** Listing every id is one request. */
const SCAN_MS = 10 * 60 * 1000;
const PAGE = 1_000;

/** @param hidden the label of vertices that an adapter keeps for itself */
export async function countElements(server: GremlinReader, hidden: string): Promise<GraphCounts> {
  const [vertices] = await server.query<Map<string, bigint>>((g) => g.V().groupCount().by(t.label), SCAN_MS);
  const [edges] = await server.query<Map<string, bigint>>((g) => g.E().groupCount().by(t.label), SCAN_MS);
  vertices?.delete(hidden);
  return { vertices: countsOf(vertices), edges: countsOf(edges) };
}

function countsOf(counts: Map<string, bigint> = new Map()): Record<string, number> {
  return Object.fromEntries([...counts].map(([label, count]) => [label, Number(count)]));
}

/** Ids of all elements of a kind but vertices with the hidden label, in the order of their UTF-16 code units. */
export async function idsOf(server: GremlinReader, kind: 'vertex' | 'edge', hidden: string): Promise<string[]> {
  const ids = await server.query<string>(
    (g) => (kind === 'vertex' ? g.V().not(statics.hasLabel(hidden)).id() : g.E().id()),
    SCAN_MS,
  );
  return ids.sort();
}

/** Ids cut into pages. */
export function pagesOf(ids: readonly string[]): string[][] {
  return batches(ids, PAGE);
}

/** The elements with these ids, in their order; those that are gone by now are left out. */
export async function elementsOf(
  server: GremlinReader,
  kind: 'vertex' | 'edge',
  ids: readonly string[],
): Promise<GraphElement[]> {
  const found = await server.query<Map<unknown, unknown>>((g) =>
    (kind === 'vertex' ? g.V(...ids) : g.E(...ids)).elementMap(),
  );
  const elements: GraphElement[] = kind === 'vertex' ? found.map(vertexOf) : found.map(edgeOf);
  return elements.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function vertexOf(map: Map<unknown, unknown>): Vertex {
  const { tokens, properties } = split(map);
  return { kind: 'vertex', id: String(tokens.get('id')), label: tokens.get('label') as VertexLabel, properties };
}

function edgeOf(map: Map<unknown, unknown>): Edge {
  const { tokens, properties } = split(map);
  return {
    kind: 'edge',
    id: String(tokens.get('id')),
    label: tokens.get('label') as EdgeLabel,
    from: endOf(tokens.get('OUT')),
    to: endOf(tokens.get('IN')),
    properties,
  };
}

function endOf(end: unknown): string {
  return String(split(end as Map<unknown, unknown>).tokens.get('id'));
}

/** An `elementMap` keys id, label and ends by enum values, and properties by name (in no certain order). */
function split(map: Map<unknown, unknown>): { tokens: Map<string, unknown>; properties: Properties } {
  const tokens = new Map<string, unknown>();
  const properties: [string, PropertyValue][] = [];
  for (const [key, value] of map) {
    if (key instanceof gremlin.EnumValue) tokens.set((key as unknown as { elementName: string }).elementName, value);
    else properties.push([String(key), value as PropertyValue]);
  }
  properties.sort(([a], [b]) => (a < b ? -1 : 1));
  return { tokens, properties: Object.fromEntries(properties) };
}
