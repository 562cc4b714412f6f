import { HubError } from '../errors';
import { double, literal } from './quote';

export type SqlParameter = string | number | bigint | boolean | null;

/** Texts, quoted names and comments, in which `$` means nothing; or a parameter. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)/g;

/**
 * A query with something else in place of its parameters (`$name`).
 *
 * @param failure the code of the HubError for a parameter that has no value
 */
export function replaceParameters(
  sql: string,
  parameters: Readonly<Record<string, SqlParameter>>,
  failure: string,
  replace: (name: string, value: SqlParameter) => string,
): string {
  return sql.replace(TOKENS, (token, name: string | undefined) => {
    if (name === undefined) return token;
    if (Object.hasOwn(parameters, name)) return replace(name, parameters[name]!);
    throw new HubError(failure, `the parameter $${name} has no value\nin the query: ${sql}`);
  });
}

/**
 * A query with values in place of its parameters, for engines whose clients take none.
 *
 * @throws HubError LAKE_QUERY_FAILED for a parameter that has no value
 */
export function bindParameters(sql: string, parameters: Readonly<Record<string, SqlParameter>>): string {
  return replaceParameters(sql, parameters, 'LAKE_QUERY_FAILED', (_name, value) => parameterSql(value));
}

function parameterSql(value: SqlParameter): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return literal(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return double(value);
  return String(value);
}
