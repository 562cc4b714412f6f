export interface Parameter {
  readonly name: string;
  readonly value: string;
}

/** What PostgreSQL takes and Redshift does not. */
const FOREIGN: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bFILTER\s*\(\s*WHERE\b/i, 'FILTER'],
  [/\b(array_agg|string_agg|unnest)\s*\(/i, 'array_agg, string_agg, unnest'],
  [/\bDISTINCT\s+ON\b/i, 'DISTINCT ON'],
  [/\bON\s+CONFLICT\b/i, 'ON CONFLICT'],
  [/\b(NOT\s+)?MATERIALIZED\s*\(/i, 'MATERIALIZED'],
  [/\bRETURNING\b/i, 'RETURNING'],
  [/\bLATERAL\b/i, 'LATERAL'],
  [/\bIN\s+ACCESS\b/i, 'modes of LOCK'],
  [/\b(jsonb?|text)\b\s*[,)]/i, 'json and text (which has 256 bytes there)'],
  [/\bVARCHAR\b(?!\s*\()/i, 'a VARCHAR without a length, which has 256 bytes there,'],
];

const TEXTS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** Throws for SQL that Redshift would not take, or would take otherwise. */
export function refuseForeign(sql: string): void {
  const plain = sql.replace(TEXTS, "''");
  const found = FOREIGN.find(([pattern]) => pattern.test(plain));
  if (found !== undefined) throw new Error(`Redshift has no ${found[1]} (a lint of the stand-in)`);
}

/** Named parameters as numbered ones. */
export function numbered(sql: string, parameters: readonly Parameter[]): { text: string; values: string[] } {
  const values: string[] = [];
  const text = sql.replace(new RegExp(`${TEXTS.source}|::|:([0-9A-Za-z_]+)`, 'g'), (token, name?: string) => {
    if (name === undefined) return token;
    const given = parameters.find((parameter) => parameter.name === name);
    if (given === undefined) throw new Error(`the parameter ${name} has no value`);
    values.push(given.value);
    return `$${values.length}`;
  });
  return { text, values };
}
