/** A name quoted as a SQL identifier: any text is safe. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A text as a SQL expression: a string literal (standard SQL: backslashes mean nothing), and NUL, at which parsers end,
 * by its number.
 */
export function literal(text: string): string {
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || chr(0) || ')})`;
}

/** A number as a SQL literal: with an exponent it is a DOUBLE to every engine, without, a DECIMAL of few digits to some. */
export function double(value: number): string {
  return value.toExponential();
}
