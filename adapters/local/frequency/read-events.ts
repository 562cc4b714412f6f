import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import type { UnorderedEvents } from '../../../core/journeys/order-events';

/** Runs a query that yields number, time, line and letter, and copies its columns into one typed array each. */
export async function readEvents(connection: DuckDBConnection, sql: string): Promise<UnorderedEvents> {
  const result = await connection.run(sql);
  // Chunks are taken synchronously: fetching one asynchronously takes longer than reading it.
  const chunks = Array.from({ length: result.chunkCount }, (_, index) => columnsOf(result, index));
  const rows = result.rowCount;
  const owners = new Int32Array(rows);
  const lines = new Float64Array(rows);
  const letters = new Uint16Array(rows);
  let row = 0;
  for (const chunk of chunks) {
    owners.set(chunk.owners, row);
    lines.set(chunk.lines, row);
    letters.set(chunk.letters, row);
    row += chunk.owners.length;
  }
  return { owners, lines, letters, times: concatTimes(chunks, rows) };
}

interface Chunk {
  readonly owners: Int32Array;
  readonly times: Float64Array | BigInt64Array;
  readonly lines: Float64Array;
  readonly letters: Uint16Array;
}

function columnsOf(result: DuckDBResult, index: number): Chunk {
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

/** Doubles where they hold every time exactly, as they do epoch microseconds: they are far faster than BigInts. */
function concatTimes(chunks: readonly Chunk[], rows: number): Float64Array | BigInt64Array {
  const doubles = new Float64Array(rows);
  let row = 0;
  for (const { times } of chunks) {
    if (times instanceof Float64Array) doubles.set(times, row);
    else if (!setExactly(doubles, row, times)) return concatBigInts(chunks, rows);
    row += times.length;
  }
  return doubles;
}

/** Reads 64-bit integers by their halves, the lower first, as on every platform that DuckDB is built for. */
function setExactly(doubles: Float64Array, start: number, times: BigInt64Array): boolean {
  const halves = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
  for (let index = 0; index < times.length; index++) {
    const upper = halves[index * 2 + 1] as number;
    if (upper >= UPPER_LIMIT || upper < -UPPER_LIMIT) return false;
    doubles[start + index] = upper * 2 ** 32 + ((halves[index * 2] as number) >>> 0);
  }
  return true;
}

/** A double holds every integer below 2^53. */
const UPPER_LIMIT = 2 ** 21;

function concatBigInts(chunks: readonly Chunk[], rows: number): BigInt64Array {
  const all = new BigInt64Array(rows);
  let row = 0;
  for (const { times } of chunks) {
    if (times instanceof BigInt64Array) all.set(times, row);
    row += times.length;
  }
  return all;
}
