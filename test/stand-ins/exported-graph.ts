import { parse } from 'csv-parse/sync';
import type { ObjectStore } from '../../ports/object-store';

/** A graph that was exported for Neptune ML, as it is read back. */
export interface ExportedGraph {
  /** By id, the cells of each vertex by column; empty ones are left out. */
  readonly nodes: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly edges: readonly Readonly<Record<string, string>>[];
  readonly features: readonly { readonly column: string; readonly type: string }[];
  readonly target: string;
  readonly task: string;
}

interface NodeFile {
  readonly file_name: string;
  readonly separator: string;
  readonly node: readonly [string, string];
  readonly features: readonly { readonly feature: readonly [string, string, string]; readonly imputer?: string }[];
  readonly labels?: readonly {
    readonly label: readonly [string, string];
    readonly split_rate: readonly number[];
  }[];
}

interface EdgeFile {
  readonly file_name: string;
  readonly source: readonly [string, string];
  readonly relation: readonly [string, string];
  readonly dest: readonly [string, string];
}

interface Configuration {
  readonly version: string;
  readonly query_engine: string;
  readonly graph: { readonly nodes: readonly NodeFile[]; readonly edges: readonly EdgeFile[] };
}

type Row = Readonly<Record<string, string>>;

/** Reads an export, and refuses what its own configuration does not say of it. */
export async function readExport(store: ObjectStore, folder: string): Promise<ExportedGraph> {
  const read = async (name: string) => Buffer.from(await store.read(`${folder}${name}`)).toString('utf8');
  const { version, query_engine, graph } = JSON.parse(await read('training-data-configuration.json')) as Configuration;
  if (version !== 'v2.0' || query_engine !== 'gremlin') throw new Error(`no such version: ${version}, ${query_engine}`);
  const nodes = new Map<string, Row>();
  for (const file of graph.nodes) {
    for (const row of rowsOf(await read(file.file_name))) addNode(nodes, file, row);
  }
  const edges: Row[] = [];
  for (const file of graph.edges) {
    for (const row of rowsOf(await read(file.file_name))) edges.push(edgeOf(nodes, file, row));
  }
  const labelled = graph.nodes.find(({ labels }) => labels !== undefined);
  if (labelled === undefined) throw new Error('nothing says what is to be learned');
  const [target, task] = labelled.labels![0]!.label;
  const features = labelled.features.map(({ feature: [column, , type] }) => ({ column, type }));
  return { nodes, edges, features, target, task };
}

function rowsOf(text: string): Row[] {
  return parse(text, { columns: true }) as Row[];
}

function addNode(nodes: Map<string, Row>, { file_name, node, features, labels = [] }: NodeFile, row: Row): void {
  const id = row[node[0]];
  if (id === undefined || nodes.has(id)) throw new Error(`${file_name}: no id, or one that was there: ${id}`);
  if (row['~label'] !== node[1]) throw new Error(`${file_name}: ${row['~label']} is no ${node[1]}`);
  for (const { feature, imputer } of features) checkFeature(file_name, feature, imputer, row);
  for (const { label, split_rate } of labels) checkLabel(file_name, label, split_rate, row);
  nodes.set(id, Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')));
}

function checkFeature(
  file: string,
  [column, , type]: readonly [string, string, string],
  imputer: string | undefined,
  row: Row,
): void {
  const value = row[column];
  if (value === undefined) throw new Error(`${file}: no column ${column}`);
  if (type === 'category' && value === '') throw new Error(`${file}: ${column} is a category without a value`);
  if (type !== 'numerical') return;
  if (value === '' && imputer === undefined) throw new Error(`${file}: ${column} has a missing value, and no imputer`);
  if (!Number.isFinite(Number(value))) throw new Error(`${file}: ${column}: ${value} is no number`);
}

function checkLabel(file: string, [column, task]: readonly [string, string], rates: readonly number[], row: Row): void {
  const value = row[column];
  if (value === undefined) throw new Error(`${file}: no column ${column}`);
  if (Math.abs(rates.reduce((sum, rate) => sum + rate, 0) - 1) > 1e-9)
    throw new Error(`${file}: split_rate ${rates.join()}`);
  if (task === 'classification' && value !== '' && !Number.isNaN(Number(value))) {
    throw new Error(`${file}: ${column}: classes are texts, found ${value}`);
  }
  if (task === 'regression' && !Number.isFinite(Number(value))) throw new Error(`${file}: ${column}: ${value}`);
}

function edgeOf(nodes: ReadonlyMap<string, Row>, { file_name, source, relation, dest }: EdgeFile, row: Row): Row {
  for (const [column, label] of [source, dest]) {
    if (nodes.get(row[column]!)?.['~label'] !== label) {
      throw new Error(`${file_name}: ${column} ${row[column]} is no ${label} of the graph`);
    }
  }
  if (row['~label'] !== relation[1]) throw new Error(`${file_name}: ${row['~label']} is no ${relation[1]}`);
  return row;
}
