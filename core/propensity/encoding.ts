import type { LabelledMatrix, Matrix } from '../../ports/tree-booster';
import { sharedFloat32 } from '../parallel/shared-arrays';
import type { FeatureColumn, FeatureTable, LabelledTable } from './feature-table';

/** A column of the matrix that trees are learned from; those of one feature are together. */
export type EncodedColumn =
  | { readonly feature: string; readonly is: 'number' }
  /** 1 where the feature is this category, 0 where it is another one, missing where it is missing. */
  | { readonly feature: string; readonly is: 'category'; readonly category: string };

/** How features become numbers: learned from a table, kept with the model, the same for ever after. */
export interface Encoding {
  readonly columns: readonly EncodedColumn[];
  /** Features that tell nothing: missing everywhere, or the same everywhere. */
  readonly leftOut: readonly string[];
}

/** A category of its own has at least so many rows; a tree could not tell a rarer one from chance. */
const LEAST_ROWS = 10;

/**
 * Columns for every feature of a table that tells something: numbers as they are, and of categories one column each of the
 * most frequent (a tree that asks one category at a time is read by any version of XGBoost, and by SageMaker's container).
 */
export function planEncoding(table: FeatureTable, mostCategories: number): Encoding {
  const columns: EncodedColumn[] = [];
  const leftOut: string[] = [];
  for (const feature of table.features) {
    const own = columnsOf(feature, mostCategories);
    if (own.length === 0) leftOut.push(feature.name);
    else columns.push(...own);
  }
  return { columns, leftOut };
}

function columnsOf(feature: FeatureColumn, mostCategories: number): EncodedColumn[] {
  const { name } = feature;
  if (feature.kind === 'number') return varies(feature.values) ? [{ feature: name, is: 'number' }] : [];
  const counts = countsOf(feature);
  const isEverywhere = counts.includes(feature.codes.length);
  if (isEverywhere) return [];
  return feature.categories
    .map((category, code) => ({ category, rows: counts[code] as number }))
    .filter(({ rows }) => rows >= LEAST_ROWS)
    .sort((one, other) => other.rows - one.rows || (one.category < other.category ? -1 : 1))
    .slice(0, mostCategories)
    .map(({ category }) => ({ feature: name, is: 'category', category }));
}

function countsOf({ codes, categories }: Extract<FeatureColumn, { kind: 'category' }>): number[] {
  const counts = new Array<number>(categories.length).fill(0);
  for (const code of codes) if (code >= 0) counts[code]!++;
  return counts;
}

/** Whether two rows differ; what is missing differs from what is not. */
function varies(values: Float32Array | Float64Array): boolean {
  const first = known(values[0] as number);
  return values.some((value) => !Object.is(known(value), first));
}

function known(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

/**
 * The rows of a table as numbers. A feature that the table does not have, and a category that was not there to learn from, are
 * what they were then: missing, and none of the known ones.
 */
export function encode({ rows, features }: FeatureTable, { columns }: Pick<Encoding, 'columns'>): Matrix {
  // Whoever learns from it or is asked does so in a thread of its own, which need not be given a copy.
  const values = sharedFloat32(rows * columns.length).fill(Number.NaN);
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  columns.forEach((column, at) => {
    const feature = byName.get(column.feature);
    if (feature === undefined) return;
    const valueOf = column.is === 'number' ? numberOf(feature) : indicatorOf(feature, column.category);
    for (let row = 0; row < rows; row++) values[row * columns.length + at] = valueOf(row);
  });
  return { rows, columns: columns.length, values };
}

export function encodeLabelled(table: LabelledTable, encoding: Pick<Encoding, 'columns'>): LabelledMatrix {
  return { ...encode(table, encoding), labels: table.labels };
}

function numberOf(feature: FeatureColumn): (row: number) => number {
  if (feature.kind !== 'number') return () => Number.NaN;
  const { values } = feature;
  return (row) => known(values[row] as number);
}

function indicatorOf(feature: FeatureColumn, category: string): (row: number) => number {
  if (feature.kind !== 'category') return () => Number.NaN;
  const { codes, categories } = feature;
  const wanted = categories.indexOf(category);
  return (row) => {
    const code = codes[row] as number;
    if (code < 0) return Number.NaN;
    return code === wanted ? 1 : 0;
  };
}

/** Some rows of a matrix, in the order given. */
export function matrixRows({ columns, values, labels }: LabelledMatrix, rows: Int32Array): LabelledMatrix {
  const own = sharedFloat32(rows.length * columns);
  rows.forEach((row, index) => own.set(values.subarray(row * columns, (row + 1) * columns), index * columns));
  return { rows: rows.length, columns, values: own, labels: Float32Array.from(rows, (row) => labels[row] as number) };
}
