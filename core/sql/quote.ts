/** A name quoted as a SQL identifier: any text is safe. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text quoted as a SQL string literal (standard SQL: backslashes mean nothing). */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A number as a SQL literal: with an exponent it is a DOUBLE to every engine, without, a DECIMAL of few digits to some. */
export function double(value: number): string {
  return value.toExponential();
}
