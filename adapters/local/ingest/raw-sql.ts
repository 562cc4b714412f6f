import { HubError } from '../../../core/errors';
import { identifier, literal } from '../../../core/sql/quote';
import type { Source } from '../../../schemas/source';
import type { Compression } from './inspect-file';

/** A file as the relation `raw`: `_row`, `_raw` and its columns (text, but for parquet). */
export interface RawSql {
  /** Lists the file's columns (`column_name`); undefined where rows may have different ones. */
  readonly describe: string | undefined;
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
    describe: `SELECT column_name FROM (DESCRIBE SELECT * FROM read_csv(${options}, all_varchar = true, ignore_errors = true))`,
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
  const lines = `read_csv(${literal(path)}, delim = chr(1), quote = '', escape = '', header = false,
  auto_detect = false, columns = {'_raw': 'VARCHAR'}, max_line_size = 16777216, compression = ${literal(compression)})`;
  const numbered = `SELECT row_number() OVER () AS _row, _raw FROM ${lines}`;
  return {
    describe: undefined,
    raw: (columns) => `SELECT _row, _raw, ${keys(columns)} FROM (
  SELECT *, CASE WHEN json_valid(_raw) THEN json_extract_string(_raw, ${pointers(columns)}) END AS _values
  FROM (${numbered}) WHERE trim(_raw) <> ''
)`,
  };
}

/** A document that is an array of objects. */
function json(path: string, compression: Compression): RawSql {
  const objects = `read_json_objects(${literal(path)}, format = 'array', compression = ${literal(compression)},
  maximum_object_size = 16777216)`;
  return {
    describe: undefined,
    raw: (columns) => `SELECT _row, _raw, ${keys(columns)} FROM (
  SELECT row_number() OVER () AS _row, json::VARCHAR AS _raw, json_extract_string(json, ${pointers(columns)}) AS _values
  FROM ${objects}
)`,
  };
}

function parquet(path: string): RawSql {
  return {
    describe: `SELECT name AS column_name FROM parquet_schema(${literal(path)}) WHERE num_children IS NULL`,
    raw: (columns) => {
      const fields = columns.map((column) => `${literal(column)}, ${identifier(column)}`).join(', ');
      return `SELECT file_row_number + 1 AS _row, json_object(${fields})::VARCHAR AS _raw, * EXCLUDE (file_row_number)
FROM read_parquet(${literal(path)}, file_row_number = true)`;
    },
  };
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
export function refuseMissingColumns(source: Source, path: string, needed: readonly string[], found: readonly string[]): void {
  const missing = needed.filter((column) => !found.includes(column));
  if (missing.length === 0) return;
  const names = missing.map((column) => `"${column}"`).join(', ');
  throw new HubError(
    'COLUMN_MISSING',
    `${path}: column ${names} is missing; the file has ${found.map((column) => `"${column}"`).join(', ')}. ` +
      `Correct the export, or the mapping in sources/${source.name}.yaml`,
  );
}
