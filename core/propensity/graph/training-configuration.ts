import type { Tie } from '../../features/history';

/** A feature's column in the files of an export. */
export interface ExportColumn {
  /** As it is called in feature tables. */
  readonly feature: string;
  /** As it is called in the files: letters and digits alone, whatever the feature's name has. */
  readonly column: string;
  readonly kind: 'number' | 'category';
}

/** What a graph that is learned from has, so that every later one has the same. */
export interface ExportShape {
  readonly columns: readonly ExportColumn[];
  /** What is predicted, as a property of customers. */
  readonly target: string;
  readonly task: 'classification' | 'regression';
  readonly ties: readonly Tie[];
}

/** The label of customers in the export, as in the graph. */
export const CUSTOMER = 'Customer';
/** Of customers who have something in common, how many. */
export const SHARERS = 'sharers';
/** Within those whose target is told: to learn from, to choose the model by, and, since the hub tests by itself, none to test. */
const SPLIT = [0.9, 0.1, 0];
const SEPARATOR = ',';

/** Where the vertices and edges of what customers share are, and what they are called. */
export function tieFiles(tie: Tie) {
  const label = tie[0]!.toUpperCase() + tie.slice(1);
  const relation = `HAS_${tie.toUpperCase()}`;
  return { label, relation, nodes: `nodes/${tie}.csv`, edges: `edges/${CUSTOMER}-${relation}-${label}.csv` };
}

/** Where a part of the customers is, the first being 0. */
export function customerFile(part: number): string {
  return `nodes/customer-${String(part + 1).padStart(5, '0')}.csv`;
}

/**
 * What says how the files are to be learned from, as neptune-export writes it for Neptune ML
 * (`training-data-configuration.json`, version v2.0).
 *
 * @param parts files of customers
 */
export function trainingConfiguration(shape: ExportShape, parts: number): object {
  const { columns, target, task, ties } = shape;
  const features = columns.map(({ column, kind }) => (kind === 'number' ? numerical(column) : category(column)));
  const labels = [{ label: [target, task], split_rate: SPLIT }];
  const node = (file_name: string, label: string) => ({ file_name, separator: SEPARATOR, node: ['~id', label] });
  const files = ties.map(tieFiles);
  return {
    version: 'v2.0',
    query_engine: 'gremlin',
    graph: {
      nodes: [
        ...Array.from({ length: parts }, (_, part) => ({ ...node(customerFile(part), CUSTOMER), features, labels })),
        ...files.map(({ nodes, label }) => ({ ...node(nodes, label), features: [numerical(SHARERS)] })),
      ],
      edges: files.map(({ edges, relation, label }) => ({
        file_name: edges,
        separator: SEPARATOR,
        source: ['~from', CUSTOMER],
        relation: ['', relation],
        dest: ['~to', label],
        features: [],
      })),
    },
    warnings: [],
  };
}

function numerical(column: string) {
  return { feature: [column, column, 'numerical'], norm: 'min-max', imputer: 'median' };
}

function category(column: string) {
  return { feature: [column, column, 'category'] };
}
