/** Whitespace and comments before a query begins. */
const BEFORE = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/;

/**
 * A query that sees tables under names of its own: those that it may mention become common table expressions before its own.
 *
 * @param tables a query by name; none may mention another
 */
export function withTables(sql: string, tables: ReadonlyMap<string, string>): string {
  const mentioned = [...tables].filter(([name]) => new RegExp(`\\b${name}\\b`, 'i').test(sql));
  if (mentioned.length === 0) return sql;
  const prelude = mentioned.map(([name, query]) => `${name} AS (${query})`).join(',\n');
  const query = sql.replace(BEFORE, '');
  const own = /^WITH\s/i.exec(query);
  return own === null ? `WITH ${prelude}\n${query}` : `WITH ${prelude},\n${query.slice(own[0].length)}`;
}
