import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnswerTable } from '../../../core/journeys/answer-table';
import { identifier, literal } from '../../../core/sql/quote';
import { DuckDb } from '../duckdb';

export type TableFormat = 'csv' | 'parquet';

const MEMORY_MB = 200;

/** A table as the bytes of a file. In CSV, which knows no lists, a list is its JSON. */
export async function writeTable({ columns, rows }: AnswerTable, format: TableFormat): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-download-'));
  const duckDb = await DuckDb.start({ memoryMb: MEMORY_MB, threads: 1, tempFolder: join(folder, 'tmp') });
  try {
    const file = join(folder, `table.${format}`);
    await duckDb.session(undefined, async (session) => {
      const batch = {
        rows: rows.length,
        columns: Object.fromEntries(Object.keys(columns).map((name) => [name, rows.map((row) => textOf(row[name]))])),
      };
      const types = Object.fromEntries(Object.keys(columns).map((name) => [name, 'VARCHAR']));
      await session.createTable('answer', { columns: types, batches: [batch] });
      await session.run(
        `COPY (SELECT ${selectList(columns, format)} FROM answer) TO ${literal(file)} (${OPTIONS[format]})`,
      );
    });
    return await readFile(file);
  } finally {
    duckDb.close();
    await rm(folder, { recursive: true });
  }
}

const OPTIONS: Readonly<Record<TableFormat, string>> = { csv: 'FORMAT csv, HEADER', parquet: 'FORMAT parquet' };

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Everything comes as text, lists as JSON, and becomes what it is here. */
function selectList(columns: AnswerTable['columns'], format: TableFormat): string {
  return Object.entries(columns)
    .map(([name, type]) => {
      const column = identifier(name);
      if (type === 'VARCHAR[]') return format === 'csv' ? column : `from_json(${column}, '["VARCHAR"]') AS ${column}`;
      return `${column}::${type} AS ${column}`;
    })
    .join(', ');
}
