import { lakeTables } from '../lake/tables';
import { identifier, literal } from '../sql/quote';

/** The attributes customers can be chosen by (`name`): columns of `customers`, and what profiles carry. */
export const attributeNamesSql = `SELECT DISTINCT unnest(json_keys(attributes)) AS name FROM profiles
WHERE attributes IS NOT NULL
UNION SELECT unnest([${Object.keys(lakeTables.customers).map(literal).join(', ')}])`;

/**
 * The customers (`customer_id`) of whom each attribute has one of the wanted values: a column of `customers`, or else an
 * attribute that any of the customer's profiles carries.
 */
export function customersWithSql(attributes: Readonly<Record<string, readonly string[]>>): string {
  const conditions = Object.entries(attributes).map(([name, values]) => {
    const wanted = `IN (${values.map(literal).join(', ')})`;
    if (Object.hasOwn(lakeTables.customers, name)) return `${identifier(name)}::VARCHAR ${wanted}`;
    const path = literal(`$.${JSON.stringify(name)}`);
    return `customer_id IN (SELECT customer_id FROM current_attributes JOIN identities USING (profile_id)
  WHERE json_extract_string(attributes, ${path}) ${wanted})`;
  });
  return `WITH current_attributes AS (
  SELECT profile_id, arg_max(attributes, {t: seen_at, f: file, r: file_row}) AS attributes FROM profiles GROUP BY profile_id
)
SELECT customer_id FROM customers WHERE ${conditions.join('\n  AND ')}`;
}
