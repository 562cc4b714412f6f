import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../../core/sql/quote';
import type { EventRow } from '../unit/frequency/reference';

/** The columns of the files written here. */
export const eventColumns = { customer: 'who', time: 'at', event: 'what' };

export const formats = [
  'csv',
  'ndjson.gz',
  'parquet',
  'parquet with fractional times',
  'parquet in nanoseconds',
] as const;

/** Files of events in a folder. */
export class EventFiles {
  constructor(private readonly folder: string) {}

  async file(name: string, content: string | Buffer): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, content);
    return path;
  }

  /** Writes a Parquet file with the given SQL. */
  async parquet(name: string, select: string): Promise<string> {
    const path = join(this.folder, name);
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    await connection.run(`COPY (${select}) TO ${literal(path)} (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    return path;
  }

  /** The rows in one of the formats. */
  async write(format: (typeof formats)[number], rows: readonly EventRow[]): Promise<string> {
    if (format === 'csv') return this.file('random.csv', csvOf(rows));
    if (format === 'ndjson.gz') return this.file('random.ndjson.gz', gzipSync(ndjsonOf(rows)));
    if (format === 'parquet with fractional times') {
      const source = await this.file('source.csv', csvOf(rows));
      const from = `read_csv(${literal(source)}, all_varchar = true, header = true, quote = '"', delim = ',')`;
      return this.parquet('fractional.parquet', `SELECT who, "at"::DOUBLE / 1000 AS at, what FROM ${from}`);
    }
    const source = await this.file('source.ndjson', ndjsonOf(rows));
    const time = format === 'parquet' ? 'TIMESTAMP' : 'TIMESTAMP_NS';
    const types = `{who: 'VARCHAR', "at": '${time}', what: 'VARCHAR'}`;
    return this.parquet('random.parquet', `SELECT * FROM read_json(${literal(source)}, columns = ${types})`);
  }
}

function csvOf(rows: readonly EventRow[]): string {
  const field = (value: string | number) => `"${String(value).replaceAll('"', '""')}"`;
  const lines = rows.map(({ customer, time, event }) => [customer, time, event].map(field).join(','));
  return ['who,at,what', ...lines].join('\n');
}

function ndjsonOf(rows: readonly EventRow[]): string {
  return rows
    .map(({ customer, time, event }) => JSON.stringify({ who: customer, at: new Date(time), what: event }))
    .join('\n');
}
