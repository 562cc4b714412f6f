import { DuckDBInstance, DuckDBListVector } from '@duckdb/node-api';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { JourneyWordsBuilder } from '../core/journeys/words';
import type { JourneyWords } from '../core/journeys/words';
import { literal } from '../core/sql/quote';

/** The journeys of the peers' event file as words, encoded by DuckDB without a lake. */
export async function wordsOfFile(file: string): Promise<JourneyWords> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const events = `read_parquet(${literal(file)})`;
  await connection.run(`CREATE TYPE letter AS ENUM (SELECT DISTINCT event_type FROM ${events} ORDER BY 1)`);
  const types = await connection.runAndReadAll('SELECT unnest(enum_range(NULL::letter))::VARCHAR');
  const sizes = await connection.runAndReadAll(`SELECT count(DISTINCT customer_id), count(*) FROM ${events}`);
  const [customers, steps] = sizes.getRows()[0] as bigint[];
  const builder = new JourneyWordsBuilder(
    types.getRows().map(([type]) => String(type)),
    { customers: Number(customers), steps: Number(steps) },
  );
  const result = await connection.stream(wordsSql(events));
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    builder.append(listsOf(chunk, 0, Uint16Array), listsOf(chunk, 1, Float64Array));
  }
  connection.closeSync();
  instance.closeSync();
  return builder.build();
}

function wordsSql(events: string): string {
  return `SELECT list_transform(journey, lambda step: enum_code(step.type)::USMALLINT),
  list_transform(journey, lambda step: step.ms::DOUBLE)
FROM (
  SELECT list_sort(list({'ms': epoch_ms(ts), 'line': file_row_number, 'type': event_type::letter})) AS journey
  FROM ${events} GROUP BY customer_id
)`;
}

/** A column of lists as views of the array that holds all their values. */
function listsOf<T extends Uint16Array | Float64Array>(
  chunk: DuckDBDataChunk,
  column: number,
  type: new (length: number) => T,
): T[] {
  const lists = chunk.getColumnVector(column);
  if (!(lists instanceof DuckDBListVector)) throw new TypeError('expected a vector of lists from DuckDB');
  const values = (lists.childVector as unknown as { readonly items: unknown }).items;
  if (!(values instanceof type)) throw new TypeError(`expected lists of ${type.name} from DuckDB`);
  return Array.from({ length: chunk.rowCount }, (_, row) => {
    const start = lists.getEntryOffset(row);
    return values.subarray(start, start + lists.getEntryLength(row)) as T;
  });
}
