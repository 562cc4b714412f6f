import type { DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import type { FeatureColumn } from '../../../core/propensity/feature-table';
import { identifier, literal } from '../../../core/sql/quote';
import { didYouMean } from '../../../core/text/closest-name';

export type FeatureKind = FeatureColumn['kind'];

/** Rows of a relation, all columns of which are texts. */
export interface TableRows {
  readonly connection: DuckDBConnection;
  readonly relation: string;
  /** Which rows, as SQL. */
  readonly where: string;
}

/** What people write for a number that they do not have. */
const NO_NUMBER = ['', 'na', 'n/a', 'nan', 'null', 'none', '?'].map(literal).join(', ');

const trimmed = (name: string) => `trim(${identifier(name)})`;

/** Whether a column has something else than a number, or what people write for none. */
function isNoNumber(name: string): string {
  return `lower(${trimmed(name)}) NOT IN (${NO_NUMBER}) AND TRY_CAST(${trimmed(name)} AS DOUBLE) IS NULL`;
}

/** Which columns are numbers: those where nothing else is, but for what says that there is none. All others are categories. */
export async function kindsOf(rows: TableRows, columns: readonly string[]): Promise<Map<string, FeatureKind>> {
  if (columns.length === 0) return new Map();
  const counts = columns.map(
    (name) => `count_if(${isNoNumber(name)}) = 0 AND count(TRY_CAST(${trimmed(name)} AS DOUBLE)) > 0`,
  );
  const [isNumber] = await read<boolean[]>(rows, counts);
  return new Map(columns.map((name, index) => [name, isNumber![index] ? 'number' : 'category']));
}

/**
 * Refuses columns that should be numbers, and have something else among them: it would be taken for missing.
 *
 * @throws HubError INPUT_INVALID naming a column, and what it has
 */
export async function refuseWords(rows: TableRows, columns: readonly string[]): Promise<void> {
  if (columns.length === 0) return;
  const examples = columns.map((name) => `min(${trimmed(name)}) FILTER (${isNoNumber(name)})`);
  const [found] = await read<(string | null)[]>(rows, examples);
  const index = found!.findIndex((example) => example !== null);
  if (index < 0) return;
  const name = columns[index]!;
  throw new HubError('INPUT_INVALID', `${name}: expected a number, found "${found![index]}"`, { field: name });
}

/** Reads columns as features, those of one query's order. */
export async function readFeatures(
  rows: TableRows,
  columns: ReadonlyMap<string, FeatureKind>,
): Promise<FeatureColumn[]> {
  const features: FeatureColumn[] = [];
  for (const [name, kind] of columns) {
    const sql = kind === 'number' ? `TRY_CAST(${trimmed(name)} AS DOUBLE)` : trimmed(name);
    const values = (await read<[unknown]>(rows, [sql])).map(([value]) => value);
    features.push(kind === 'number' ? numberFeature(name, values) : categoryFeature(name, values));
  }
  return features;
}

function numberFeature(name: string, values: readonly unknown[]): FeatureColumn {
  return {
    name,
    kind: 'number',
    values: Float32Array.from(values, (value) => (value === null ? Number.NaN : Number(value))),
  };
}

function categoryFeature(name: string, values: readonly unknown[]): FeatureColumn {
  const isTold = (value: unknown): value is string => typeof value === 'string' && value !== '';
  const categories = [...new Set(values.filter(isTold))].sort();
  const codes = new Map(categories.map((category, code) => [category, code]));
  return {
    name,
    kind: 'category',
    categories,
    codes: Int32Array.from(values, (value) => codes.get(value as string) ?? -1),
  };
}

/** What is predicted, as `--target` names it: `COLUMN=VALUE` or `COLUMN`. */
export interface TargetColumn {
  readonly column: string;
  readonly value?: string;
}

export interface Labels {
  readonly labels: Float32Array;
  /** What 0, 1 and so on stand for; nothing where labels are scores. */
  readonly classes?: readonly string[];
}

/** @throws HubError TARGET_UNKNOWN, naming the values that there are */
export async function readLabels(
  rows: TableRows,
  { column, value }: TargetColumn,
  kind: 'binary' | 'classes' | 'score',
): Promise<Labels> {
  const told = (await read<[string]>(rows, [trimmed(column)])).map(([own]) => own);
  if (kind === 'score') return { labels: Float32Array.from(told, (own) => (own === '' ? Number.NaN : Number(own))) };
  const names = [...new Set(told)].sort();
  if (kind === 'classes') {
    const codes = new Map(names.map((name, code) => [name, code]));
    return { labels: Float32Array.from(told, (own) => codes.get(own)!), classes: names };
  }
  const hit = value ?? usualHit(column, names);
  if (!names.includes(hit)) {
    const message = `--target: no row has ${column} "${hit}"${didYouMean(hit, names)}`;
    throw new HubError('TARGET_UNKNOWN', message, { field: '--target' });
  }
  return { labels: Float32Array.from(told, (own) => (own === hit ? 1 : 0)), classes: [`not ${hit}`, hit] };
}

/** Of a column of two values, the one that says yes. */
function usualHit(column: string, names: readonly string[]): string {
  const hit = names.find((name) => ['1', 'yes', 'true'].includes(name.toLowerCase()));
  if (hit !== undefined && names.length === 2) return hit;
  const some = names
    .slice(0, 5)
    .map((name) => `"${name}"`)
    .join(', ');
  const message = `--target: say which value of ${column} is meant, as in ${column}=${names[0]}; it has ${some}${names.length > 5 ? ' and more' : ''}. For all of them, or a number, say --kind classes or score`;
  throw new HubError('TARGET_UNKNOWN', message, { field: '--target' });
}

/** Rows that tell the target. */
export function labelled(column: string): string {
  return `${trimmed(column)} <> ''`;
}

/** Rows come in the order of the table, which DuckDB keeps. */
async function read<Row extends unknown[]>(
  { connection, relation, where }: TableRows,
  sql: readonly string[],
): Promise<Row[]> {
  const result = await connection.runAndReadAll(`SELECT ${sql.join(', ')} FROM ${relation} WHERE ${where}`);
  return result.getRowsJS() as Row[];
}
