import type { DuckDBConnection, DuckDBMaterializedResult } from '@duckdb/node-api';
import type { EventBatch } from '../../../core/frequency/journey-windows';

/** Runs a query that yields number, time, line and letter. */
export async function readEvents(connection: DuckDBConnection, sql: string): Promise<EventBatch[]> {
  const result = await connection.run(sql);
  // Chunks are taken synchronously: fetching one asynchronously takes longer than reading it.
  return Array.from({ length: result.chunkCount }, (_, index) => batchOf(result, index));
}

/** The typed arrays that DuckDB filled; its typings hide them, and values one by one are far slower. */
function batchOf(result: DuckDBMaterializedResult, index: number): EventBatch {
  const chunk = result.getChunk(index);
  const items = (column: number) => (chunk.getColumnVector(column) as unknown as { readonly items: unknown }).items;
  const [owners, times, lines, letters] = [items(0), items(1), items(2), items(3)];
  const isExpected =
    owners instanceof Int32Array &&
    (times instanceof Float64Array || times instanceof BigInt64Array) &&
    lines instanceof Float64Array &&
    letters instanceof Uint16Array;
  if (!isExpected) throw new TypeError('DuckDB gave other column types than the query asks for');
  return { owners, times, lines, letters };
}
