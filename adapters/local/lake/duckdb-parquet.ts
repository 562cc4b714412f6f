import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../../core/sql/quote';
import type { LakeInput } from '../../../ports/lake';
import type { ParquetFiles, TableColumns } from '../../sql/lake/table-engine';
import type { DuckDb } from '../duckdb';

/** Parquet files on this machine, written and looked at by DuckDB. */
export class DuckDbParquet implements ParquetFiles {
  constructor(
    private readonly folder: string,
    private readonly duckDb: DuckDb,
  ) {}

  async write(input: LakeInput, signal?: AbortSignal): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    const path = join(this.folder, `${randomUUID()}.parquet`);
    await this.duckDb.session(signal, async (session) => {
      await session.createTable('given', input);
      await session.run(`COPY given TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
    });
    return path;
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
