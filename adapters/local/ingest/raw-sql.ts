import { parse as parseCsv } from 'csv-parse/sync';
import { HubError } from '../../../core/errors';
import { identifier, literal } from '../../../core/sql/quote';
import type { Source } from '../../../schemas/source';
import type { DuckDbSession } from '../duckdb';
import type { Compression } from './inspect-file';

/** A file as the relation `raw`: `_row`, `_raw` and its columns (text, but for parquet). */
export interface RawSql {
  /** The file's columns; undefined where every row may have others. */
  columns(session: DuckDbSession): Promise<string[] | undefined>;
  raw(columns: readonly string[]): string;
}

export function rawSql(source: Source, path: string, compression: Compression): RawSql {
  switch (source.format) {
    case 'csv':
      return csv(source, path, compression);
    case 'ndjson':
      return ndjson(path, compression);
    case 'json':
      return json(path, compression);
    case 'parquet':
      return parquet(path);
  }
}

/** Rows with too few or too many fields go to DuckDB's table `reject_errors`, from where they are quarantined. */
function csv(source: Source, path: string, compression: Compression): RawSql {
  const { delimiter, quote, encoding } = source.csv;
  const options = `${literal(path)}, delim = ${literal(delimiter)}, quote = ${literal(quote)}, escape = ${literal(quote)},
  header = true, encoding = ${literal(encoding)}, compression = ${literal(compression)}`;
  return {
    columns: async (session) => {
      const [header] = await session.rows<{ line: string }>(
        `SELECT line FROM ${linesOf(path, compression, 'line', encoding)} LIMIT 1`,
      );
      return parseCsv(header?.line ?? '', { delimiter, quote, relax_quotes: true, bom: true })[0] ?? [];
    },
    raw: (columns) => {
      const types = columns.map((column) => `${literal(column)}: 'VARCHAR'`).join(', ');
      const fields = columns.map((column) => `${literal(column)}, ${identifier(column)}`).join(', ');
      return `SELECT row_number() OVER () AS _row, json_object(${fields})::VARCHAR AS _raw, *
FROM read_csv(${options}, auto_detect = false,
  columns = {${types}}, store_rejects = true)`;
    },
  };
}

/** Lines are read as text, so that a malformed one is a bad row with its number and not the end of the file. */
function ndjson(path: string, compression: Compression): RawSql {
  const lines = linesOf(path, compression, '_raw', 'utf-8');
  const numbered = `SELECT row_number() OVER () AS _row, _raw FROM ${lines}`;
  return {
    columns: async () => undefined,
    raw: (columns) => `SELECT _row, _raw, ${keys(columns)} FROM (
  SELECT *, CASE WHEN json_valid(_raw) THEN json_extract_string(_raw, ${pointers(columns)}) END AS _values
  FROM (${numbered}) WHERE trim(_raw) <> ''
)`,
  };
}

/** A document that is an array of objects. */
function json(path: string, compression: Compression): RawSql {
  const objects = `read_json_objects(${literal(path)}, format = 'array',
  compression = ${literal(compression === 'none' ? 'uncompressed' : compression)}, maximum_object_size = 16777216)`;
  return {
    columns: async () => undefined,
    raw: (columns) => `SELECT _row, _raw, ${keys(columns)} FROM (
  SELECT row_number() OVER () AS _row, json::VARCHAR AS _raw, json_extract_string(json, ${pointers(columns)}) AS _values
  FROM ${objects}
)`,
  };
}

function parquet(path: string): RawSql {
  return {
    columns: async (session) => {
      const found = await session.rows<{ name: string }>(
        `SELECT column_name AS name FROM (DESCRIBE FROM read_parquet(${literal(path)}))`,
      );
      return found.map(({ name }) => name);
    },
    raw: (columns) => {
      const fields = columns.map((column) => `${literal(column)}, ${identifier(column)}`).join(', ');
      return `SELECT file_row_number + 1 AS _row, json_object(${fields})::VARCHAR AS _raw, * EXCLUDE (file_row_number)
FROM read_parquet(${literal(path)}, file_row_number = true)`;
    },
  };
}

/** A text file as one column of lines: no character that a line may hold is taken for a delimiter. */
function linesOf(path: string, compression: Compression, column: string, encoding: string): string {
  return `read_csv(${literal(path)}, delim = chr(1), quote = '', escape = '', header = false, auto_detect = false,
  columns = {${literal(column)}: 'VARCHAR'}, encoding = ${literal(encoding)},
  compression = ${literal(compression)})`;
}

/** JSON pointers, which unlike paths need no quoting rules beyond two escapes. */
function pointers(columns: readonly string[]): string {
  const list = columns.map((column) => literal(`/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`));
  return `[${list.join(', ')}]`;
}

function keys(columns: readonly string[]): string {
  return columns.map((column, index) => `_values[${index + 1}] AS ${identifier(column)}`).join(', ');
}

/** @throws HubError COLUMN_MISSING */
export function refuseMissingColumns(
  source: Source,
  path: string,
  needed: readonly string[],
  found: readonly string[],
): void {
  const missing = needed.filter((column) => !found.includes(column));
  if (missing.length === 0) return;
  const names = missing.map((column) => `"${column}"`).join(', ');
  throw new HubError(
    'COLUMN_MISSING',
    `${path}: column ${names} is missing; the file has ${found.map((column) => `"${column}"`).join(', ')}. ` +
      `Correct the export, or the mapping in sources/${source.name}.yaml`,
  );
}
