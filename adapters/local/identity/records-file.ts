import type { DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import { identifier, literal } from '../../../core/sql/quote';
import { didYouMean } from '../../../core/text/closest-name';
import type { LinkageSettings } from '../../../schemas/linkage';
import { openEventsFile, type EventsFile } from '../events/events-file';
import { readable } from '../events/file-errors';

/** A file of records as something to select from. */
export interface RecordsFile {
  readonly input: string;
  /** Its columns are texts, without the spaces that some put around their names. */
  readonly relation: string;
  readonly columns: readonly string[];
  readonly records: number;
}

/**
 * Opens a csv, ndjson or parquet file of records.
 *
 * @param wanted columns that must be there, by the option that names them
 * @throws HubError those of `openEventsFile`; `COLUMN_MISSING`, naming the option
 */
export async function openRecords(
  connection: DuckDBConnection,
  input: string,
  wanted: Readonly<Record<string, string | readonly string[]>>,
  temp: string,
): Promise<RecordsFile> {
  const source = sourceSql(await openEventsFile(input, undefined, () => Promise.resolve(temp)));
  const names = await readable(input, async () =>
    (await connection.runAndReadAll(`SELECT * FROM ${source} LIMIT 0`)).columnNames(),
  );
  const columns = names.map((column) => column.trim());
  const required = Object.entries(wanted).flatMap(([option, own]) => [own].flat().map((name) => ({ option, name })));
  for (const { option, name } of required) {
    if (columns.includes(name)) continue;
    const message = `${option}: ${input} has no column "${name}"${didYouMean(name, columns)}`;
    throw new HubError('COLUMN_MISSING', message, { field: option });
  }
  const renamed = names.map((name, index) => `${identifier(name)}::VARCHAR AS ${identifier(columns[index]!)}`);
  const relation = `(SELECT ${renamed.join(', ')} FROM ${source})`;
  const counted = await readable(input, () => connection.runAndReadAll(`SELECT count(*) FROM ${relation}`));
  return { input, relation, columns, records: Number(counted.getRows()[0]?.[0]) };
}

function sourceSql({ path, format }: EventsFile): string {
  const file = literal(path);
  if (format === 'csv') return `read_csv(${file}, all_varchar = true, header = true)`;
  return format === 'ndjson' ? `read_json(${file}, format = 'newline_delimited')` : `read_parquet(${file})`;
}

/** The records of all files, one file after the other. */
export function together(files: readonly RecordsFile[]): {
  readonly from: string;
  /** Those that every file has. */
  readonly columns: readonly string[];
  readonly records: number;
} {
  const selects = files.map(({ relation }) => `SELECT * FROM ${relation}`);
  return {
    from: `(${selects.join(' UNION ALL BY NAME ')}) AS records`,
    columns: files[0]!.columns.filter((name) => files.every(({ columns }) => columns.includes(name))),
    records: files.reduce((sum, { records }) => sum + records, 0),
  };
}

export function tooFewRecords(inputs: readonly string[], records: number): HubError {
  const message = `--input: ${inputs.join(' and ')}: ${records === 0 ? 'no record' : 'one record'}; it takes two to link`;
  return new HubError('RECORDS_MISSING', message, { field: '--input' });
}

/** @throws HubError `COLUMN_MISSING`, naming setting and file */
export function refuseUnknown({ input, columns }: RecordsFile, { fields }: Pick<LinkageSettings, 'fields'>): void {
  fields.forEach(({ column }, index) => {
    if (columns.includes(column)) return;
    const field = `settings.fields.${index}.column`;
    const message = `${field}: ${input} has no column "${column}"${didYouMean(column, columns)}`;
    throw new HubError('COLUMN_MISSING', message, { field });
  });
}
