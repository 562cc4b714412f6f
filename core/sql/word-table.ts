import type { SqlConstant } from './dialects';
import { literal } from './quote';

/** What is true of every journey that a condition on its word leaves. */
export function someOfEach(codes: readonly (readonly number[])[], condition: (codes: string) => string): string {
  return codes.length === 0 ? 'true' : codes.map((list) => condition(list.join(', '))).join(' AND ');
}

/** What engines say alike that keep journeys as words. */
export const wordTable = {
  journeyCustomers: 'SELECT customer_id FROM journeys',
  constants: (columns: readonly string[], rows: readonly (readonly SqlConstant[])[]) =>
    `SELECT * FROM (VALUES ${rows.map((row) => `(${row.map(constant).join(', ')})`).join(', ')}) AS known (${columns.join(', ')})`,
};

/** A value that is known beforehand, as SQL. */
export function constant(value: SqlConstant): string {
  return typeof value === 'number' ? String(value) : literal(value);
}
