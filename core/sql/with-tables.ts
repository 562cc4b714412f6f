import { HubError } from '../errors';
import { identifier } from './quote';

/** Whitespace and comments, which mean nothing wherever they are. */
const GAP = String.raw`(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*`;
const OWN = new RegExp(`^${GAP}WITH\\b${GAP}(RECURSIVE\\b)?`, 'i');
/** What the tables of a query are told apart by, beside what means nothing to that. */
const TOKENS = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|[(),]/g;

interface SeenTables {
  /** The code of the HubError for a query that calls a table of its own as one of these is called. */
  readonly failure?: 'LAKE_QUERY_FAILED' | 'KPI_QUERY_FAILED';
  /** Trino wants the columns of every table named where one of them is made of itself. */
  readonly columnsOf?: (table: string) => readonly string[];
}

/**
 * A query that sees tables under names of its own: those that it may mention become common table expressions before its own.
 *
 * @param tables a query by name; none may mention another
 * @throws HubError for a query that calls a table of its own as one of these is called
 */
export function withTables(
  sql: string,
  tables: ReadonlyMap<string, string>,
  { failure = 'LAKE_QUERY_FAILED', columnsOf = () => [] }: SeenTables = {},
): string {
  const mentioned = [...tables].filter(([name]) => new RegExp(`\\b${name}\\b`, 'i').test(sql));
  if (mentioned.length === 0) return sql;
  const own = OWN.exec(sql);
  const isRecursive = own?.[1] !== undefined;
  const prelude = mentioned
    .map(([name, query]) => `${name}${isRecursive ? listOf(columnsOf(name)) : ''} AS (${query})`)
    .join(',\n');
  if (own === null) return `WITH ${prelude}\n${sql.replace(new RegExp(`^${GAP}`), '')}`;
  const definitions = sql.slice(own[0].length);
  refuseSameName(sql, ownNames(definitions), tables, failure);
  return `WITH ${isRecursive ? 'RECURSIVE ' : ''}${prelude},\n${definitions.trimStart()}`;
}

function listOf(columns: readonly string[]): string {
  return columns.length === 0 ? '' : ` (${columns.map(identifier).join(', ')})`;
}

/** A query whose table goes before one that it may read itself means one thing to one engine, and is an error to another. */
function refuseSameName(
  sql: string,
  names: readonly string[],
  tables: ReadonlyMap<string, string>,
  failure: string,
): void {
  const same = names.find((name) => tables.has(name));
  if (same === undefined) return;
  const message = `WITH calls a table "${same}", as the hub calls one of its own: give it another name`;
  throw new HubError(failure, `${message}\nin the query: ${sql}`, { field: same });
}

/** The names of a query's own tables, from what follows its WITH. */
function ownNames(definitions: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let isNameNext = true;
  for (const [token] of definitions.matchAll(TOKENS)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    if (depth > 0 || /^(\(|\)|--|\/\*)/.test(token)) continue;
    if (token === ',') isNameNext = true;
    else if (isNameNext) {
      names.push(token.replaceAll('"', '').toLowerCase());
      isNameNext = false;
    } else if (!/^(AS|NOT|MATERIALIZED)$/i.test(token)) break;
  }
  return names;
}
