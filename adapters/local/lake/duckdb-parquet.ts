import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { identifier, literal } from '../../../core/sql/quote';
import type { LakeInput } from '../../../ports/lake';
import type { ParquetFiles, TableColumns } from '../../sql/lake/table-engine';
import type { DuckDb } from '../duckdb';

/** Parquet files on this machine, written and looked at by DuckDB. */
export class DuckDbParquet implements ParquetFiles {
  constructor(
    private readonly folder: string,
    private readonly duckDb: DuckDb,
  ) {}

  async write(input: LakeInput, signal?: AbortSignal, as: TableColumns = {}): Promise<string> {
    const path = await this.newPath();
    const columns = Object.entries(input.columns).map(
      ([name, type]) => `${identifier(name)}::${as[name] ?? type} AS ${identifier(name)}`,
    );
    await this.duckDb.session(signal, async (session) => {
      await session.createTable('given', input);
      await session.run(
        `COPY (SELECT ${columns.join(', ')} FROM given) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
      );
    });
    return path;
  }

  async withTimesAsTexts(path: string, signal?: AbortSignal): Promise<string> {
    const columns = Object.entries(await this.columnsOf(path)).map(([name, type]) =>
      type === 'TIMESTAMP' ? `${identifier(name)}::VARCHAR AS ${identifier(name)}` : identifier(name),
    );
    const copy = await this.newPath();
    const select = `SELECT ${columns.join(', ')} FROM read_parquet(${literal(path)})`;
    await this.duckDb.session(signal, (session) =>
      session.run(`COPY (${select}) TO ${literal(copy)} (FORMAT parquet, COMPRESSION zstd)`),
    );
    return copy;
  }

  private async newPath(): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    return join(this.folder, `${randomUUID()}.parquet`);
  }

  async columnsOf(path: string): Promise<TableColumns> {
    const columns = await this.duckDb.session(undefined, (session) =>
      session.rows<{ column_name: string; column_type: string }>(
        `DESCRIBE SELECT * FROM read_parquet(${literal(path)})`,
      ),
    );
    return Object.fromEntries(columns.map(({ column_name: name, column_type: type }) => [name, type]));
  }
}
