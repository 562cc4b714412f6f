import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import type { SqlDialect } from '../../sql/dialects';
import type { Ctes } from './cut-sql-input';

/** A row of a statement about frequency; engines give integers as numbers, bigints or texts. */
export type FrequencyRow = Readonly<Record<string, unknown>> & { readonly kind: string };

/** `WITH` some common table expressions. */
export function withSql(ctes: Ctes): string {
  const tables = Object.entries(ctes).map(([name, sql]) => `${name} AS (\n${sql}\n)`);
  return `WITH ${tables.join(',\n')}`;
}

/** Expressions by column; `l` and `m` name columns that are numbered from 0. */
interface RowColumns {
  readonly n: string;
  readonly x?: string;
  readonly y?: string;
  readonly l?: string;
  readonly m?: string;
}

/**
 * Rows of the statement: every branch of the union has the same columns.
 *
 * @param kind an expression
 */
export function rowsSql({ steps, repeats }: RowQuestion, kind: string, columns: RowColumns, from: string): string {
  const { n, x = 'NULL', y = 'NULL', l, m } = columns;
  const numbered = (to: string, source: string | undefined) =>
    numberedColumns(to, steps).map((name, index) => [source === undefined ? 'NULL' : `${source}${index}`, name]);
  const values = [
    ...[
      [n, 'n'],
      [x, 'x'],
      [y, 'y'],
    ],
    ...numbered('l', l),
    ...(repeats === 'collapse' ? numbered('m', m) : []),
  ];
  return `SELECT ${kind} AS kind, ${values.map(([value, name]) => `CAST(${value} AS BIGINT) AS ${name}`).join(', ')}
FROM ${from}`;
}

/** What decides how many columns a row has. */
export type RowQuestion = Pick<JourneyFrequencyQuestion, 'steps' | 'repeats'>;

export function numberedColumns(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}`);
}

/** Every customer with a journey, as a table. */
export function customersOf({ journeyCustomers }: SqlDialect): string {
  return `(${journeyCustomers}) AS customer`;
}

/** A row with its integers as numbers, and its numbered columns as far as they have values. */
export interface ParsedRow {
  readonly kind: string;
  readonly n: number;
  readonly x: number;
  readonly y: number;
  readonly letters: readonly number[];
  readonly sums: readonly number[];
}

export function parseRow(row: FrequencyRow, steps: number): ParsedRow {
  const numbered = (name: string) =>
    numberedColumns(name, steps)
      .map((column) => row[column])
      .filter((value) => value !== null && value !== undefined)
      .map(Number);
  const { kind, n, x, y } = row;
  return { kind, n: Number(n), x: Number(x), y: Number(y), letters: numbered('l'), sums: numbered('m') };
}

/** The order of journeys that are equally frequent: letters are in the order of names; a journey before its continuations. */
export function compareLetters(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((letter, index) => letter !== b[index]);
  if (differs < 0) return a.length - b.length;
  return differs >= b.length ? 1 : (a[differs] as number) - (b[differs] as number);
}
