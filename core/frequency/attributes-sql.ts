import { lakeTables } from '../lake/tables';
import { VERSION_ORDER } from '../identity/resolution/rules-sql';
import type { LakeDialect } from '../sql/lake-dialect';
import { identifier, literal } from '../sql/quote';

/** The attributes customers can be chosen by (`name`): columns of `customers`, and what profiles carry. */
export function attributeNamesSql(dialect: LakeDialect): string {
  const columns = Object.keys(lakeTables.customers).map((name) => `UNION SELECT ${literal(name)} AS name`);
  return `${dialect.eachJsonName('attributes', 'profiles')} ${columns.join(' ')}`;
}

/**
 * The customers (`customer_id`) of whom each attribute has one of the wanted values: a column of `customers`, or else an
 * attribute that any of the customer's profiles carries.
 */
export function customersWithSql(
  attributes: Readonly<Record<string, readonly string[]>>,
  { jsonValue, lastOf }: LakeDialect,
): string {
  const conditions = Object.entries(attributes).map(([name, values]) => {
    const wanted = `IN (${values.map(literal).join(', ')})`;
    if (Object.hasOwn(lakeTables.customers, name)) return `CAST(${identifier(name)} AS VARCHAR) ${wanted}`;
    return `customer_id IN (SELECT customer_id FROM current_attributes JOIN identities USING (profile_id)
  WHERE ${jsonValue('attributes', name)} ${wanted})`;
  });
  return `WITH current_attributes AS (
  SELECT profile_id, ${lastOf('attributes', VERSION_ORDER)} AS attributes FROM profiles GROUP BY profile_id
)
SELECT customer_id FROM customers WHERE ${conditions.join('\n  AND ')}`;
}
