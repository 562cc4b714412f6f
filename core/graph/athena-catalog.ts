import { HubError } from '../errors';
import { literal } from '../sql/quote';
import { graphViews, type GraphView } from './athena-views';
import type { VertexLabel } from './elements';
import { graphContract, type PropertyContracts, type PropertyType } from './graph-contract';
import { gremlinScript } from './gremlin-script';
import type { Traversal, TraversalParameters } from './traversal';

/** A table of Athena's connector for Neptune, as Glue has it. */
export interface CatalogTable {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly CatalogColumn[];
  /** What the connector reads (`componenttype`, `glabel`, `query`), and whose the table is. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface CatalogColumn {
  readonly name: string;
  readonly type: 'string' | 'bigint' | 'double' | 'boolean';
}

/** Properties of vertices beside those of the contract, by label: names that sources, milestones and models of a hub have. */
export type OpenProperties = Readonly<Partial<Record<VertexLabel, readonly string[]>>>;

const TYPES: Readonly<Record<PropertyType, CatalogColumn['type']>> = {
  String: 'string',
  Long: 'bigint',
  Double: 'double',
  Boolean: 'boolean',
};

/** The parameter that tells tables of the hub from others in the same database. */
export const OWNER_PARAMETER = 'managedby';
export const OWNER = 'journey-hub';

/** Reads the table of an element's label, or of a view. */
type Component = 'vertex' | 'edge' | 'view';

/**
 * The tables by which Athena's connector for Neptune reads the graph: one for each label, and views where several steps
 * are taken at once. Open properties are texts: the graph has numbers among them where their texts are numbers.
 */
export function athenaCatalog(open: OpenProperties = {}, views: readonly GraphView[] = graphViews): CatalogTable[] {
  const { vertices, edges } = graphContract;
  return [
    ...Object.entries(vertices).map(([label, { properties }]) =>
      elementTable('vertex', label, ['id'], properties, open[label as VertexLabel] ?? []),
    ),
    ...Object.entries(edges).map(([label, { properties }]) =>
      elementTable('edge', label, ['id', 'in', 'out'], properties, []),
    ),
    ...views.map(viewTable),
  ];
}

function elementTable(
  component: Component,
  label: string,
  reserved: readonly string[],
  properties: PropertyContracts,
  more: readonly string[],
): CatalogTable {
  const columns = new Map<string, CatalogColumn['type']>(reserved.map((name) => [name, 'string']));
  for (const [name, { type }] of Object.entries(properties)) columns.set(name, TYPES[type]);
  // The connector gives the element's own id in the column `id`, whatever property has that name.
  for (const name of [...more].sort()) if (!columns.has(name)) columns.set(name, 'string');
  return {
    name: label.toLowerCase(),
    description: component === 'vertex' ? `${label} vertices` : `${label} edges`,
    columns: columnsOf(columns),
    parameters: parametersOf(component, { glabel: label }),
  };
}

function viewTable({ name, description, columns, traversal }: GraphView): CatalogTable {
  return {
    name,
    description,
    columns: columnsOf(Object.entries(columns).map(([column, type]) => [column, TYPES[type]] as const)),
    parameters: parametersOf('view', { query: gremlinScript(traversal) }),
  };
}

function columnsOf(columns: Iterable<readonly [string, CatalogColumn['type']]>): CatalogColumn[] {
  return [...columns].map(([name, type]) => ({ name, type }));
}

function parametersOf(component: Component, more: Readonly<Record<string, string>>): CatalogTable['parameters'] {
  return { componenttype: component, ...more, [OWNER_PARAMETER]: OWNER };
}

export interface Traverse {
  readonly database: string;
  /** A view of the catalog, whose columns the rows have. */
  readonly collection: string;
  readonly traversal: Traversal;
  readonly parameters?: TraversalParameters;
  /** How many rows at most. */
  readonly limit: number;
}

/** Steps after which every row is a map, and those that leave rows what they are. */
const MAP_STEPS = ['project', 'valueMap', 'elementMap', 'propertyMap', 'group', 'groupCount'];
const KEEPING_STEPS = ['by', 'dedup', 'order', 'range', 'limit', 'skip', 'tail', 'sample', 'with'];

/**
 * A query to the connector that hands it a traversal: `system.traverse`. It takes the columns from the first ten rows,
 * and fails where there are none.
 *
 * @throws HubError `TRAVERSAL_ROWS_NOT_MAPS`, `TRAVERSAL_LIMIT_INVALID`, `TRAVERSAL_PARAMETER_UNBOUND`
 */
export function traverseSql({ database, collection, traversal, parameters, limit }: Traverse): string {
  const last = traversal.findLast(([step]) => !KEEPING_STEPS.includes(step));
  if (last === undefined || !MAP_STEPS.includes(last[0]))
    throw new HubError(
      'TRAVERSAL_ROWS_NOT_MAPS',
      `the connector takes rows that are maps, and this traversal ends in ${last?.[0] ?? 'none'}: let it end in project`,
    );
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new HubError('TRAVERSAL_LIMIT_INVALID', `a limit is a whole number from 1 on, not ${limit}`, {
      field: 'limit',
    });
  const script = gremlinScript([...traversal, ['limit', limit]], parameters);
  const given = { DATABASE: database, COLLECTION: collection, COMPONENTTYPE: 'view', TRAVERSE: script };
  const args = Object.entries(given).map(([name, value]) => `${name} => ${literal(value)}`);
  return `SELECT * FROM TABLE(system.traverse(${args.join(', ')}))`;
}
