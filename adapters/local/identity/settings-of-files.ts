import type { DuckDBConnection } from '@duckdb/node-api';
import { HubError } from '../../../core/errors';
import { inferCountry } from '../../../core/identity/phones/infer-country';
import { inferFields, type SampledColumn } from '../../../core/identity/records/infer-fields';
import { identifier } from '../../../core/sql/quote';
import { linkageSettings, type LinkageSettings } from '../../../schemas/linkage';
import { refuseUnknown, together, type RecordsFile } from './records-file';

/**
 * Settings to link files by: those given, with what they leave to the records, or else those that fit what the columns hold.
 *
 * @param leftOut columns that say nothing of a person
 * @throws HubError `FIELDS_MISSING` where nothing can be inferred; `COLUMN_MISSING` and `FIELD_EMPTY` for given ones that do not fit,
 *   naming setting and file
 */
export async function settingsOfFiles(
  connection: DuckDBConnection,
  files: readonly RecordsFile[],
  leftOut: readonly string[],
  given: LinkageSettings | undefined,
): Promise<LinkageSettings> {
  const { from, columns } = together(files);
  if (given !== undefined) {
    await refuseUnfit(connection, files, given);
    return withCountry(given, () => sampled(connection, from, phonesOf(given)));
  }
  const names = columns.filter((name) => !leftOut.includes(name));
  const sample = names.length === 0 ? [] : await sampled(connection, from, names);
  const fields = inferFields(sample);
  if (fields.length > 0) return withCountry(linkageSettings.parse({ fields }), () => Promise.resolve(sample));
  const message = `settings.fields: no column that every file has says anything of a person (columns: ${columns.join(', ')}); name them with --settings`;
  throw new HubError('FIELDS_MISSING', message, { field: 'settings.fields' });
}

/** The country is what the phones tell, where settings do not say. */
async function withCountry(
  settings: LinkageSettings,
  sample: () => Promise<readonly SampledColumn[]>,
): Promise<LinkageSettings> {
  const phones = phonesOf(settings);
  if (settings.country !== undefined || phones.length === 0) return settings;
  const told = (await sample()).flatMap(({ name, values }) => (phones.includes(name) ? values : []));
  const country = inferCountry(told);
  return country === undefined ? settings : { ...settings, country };
}

function phonesOf({ fields }: LinkageSettings): string[] {
  return fields.filter(({ kind }) => kind === 'phone').map(({ column }) => column);
}

const SAMPLED_ROWS = 2_000;

async function sampled(
  connection: DuckDBConnection,
  from: string,
  names: readonly string[],
): Promise<readonly SampledColumn[]> {
  const selected = names.map(identifier).join(', ');
  const rows = await connection.runAndReadAll(`SELECT ${selected} FROM ${from} LIMIT ${SAMPLED_ROWS}`);
  const values = rows.getColumnsJS() as (string | null)[][];
  return names.map((name, index) => ({ name, values: values[index] ?? [] }));
}

async function refuseUnfit(
  connection: DuckDBConnection,
  files: readonly RecordsFile[],
  { fields }: Pick<LinkageSettings, 'fields'>,
): Promise<void> {
  for (const file of files) {
    refuseUnknown(file, { fields });
    const { input, relation } = file;
    const counts = fields.map(({ column }) => `count(nullif(trim(${identifier(column)}), ''))`);
    const counted = await connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM ${relation}`);
    const empty = counted.getRows()[0]!.findIndex((count) => Number(count) === 0);
    if (empty < 0) continue;
    const field = `settings.fields.${empty}.column`;
    const message = `${field}: "${fields[empty]!.column}" has no value in ${input}; leave the field out`;
    throw new HubError('FIELD_EMPTY', message, { field });
  }
}
