import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { CustomerIdsBuilder, type CustomerIds } from '../../../core/journeys/customer-ids';
import { StepPlacing } from '../../../core/journeys/place-steps';
import { sortByTime } from '../../../core/journeys/sort-by-time';
import { lettersArray } from '../../../core/journeys/words';
import { itemsOf } from './chunk-items';
import type { LoadedEvents } from './events-relation';
import { eventsInOrderSql, eventsOfPeopleSql, peopleSql, readPeopleSql } from './words-sql';
import { readable } from './file-errors';

/** Every customer's steps in the order of time, equal times in the file's order. */
export interface FileWords {
  readonly alphabet: readonly string[];
  /** Customers in the order of their ids; customer `c` has the steps `offsets[c]` up to `offsets[c + 1] - 1`. */
  readonly ids: CustomerIds;
  readonly offsets: Uint32Array;
  readonly steps: Uint8Array | Uint16Array;
}

/** Whole numbers up to here are exact as doubles. */
const EXACT = 2 ** 53;

/**
 * Encodes the events of a file as words. They are streamed in the file's order and put where they belong; only customers
 * whose events are not in the order of time are sorted.
 *
 * @throws HubError `FILE_UNREADABLE`
 */
export async function wordsOfFile(connection: DuckDBConnection, events: LoadedEvents): Promise<FileWords> {
  const read = (sql: string, use: (chunk: DuckDBDataChunk) => void) =>
    readable(events.file.name, () => streamChunks(connection, sql, use));
  const { ids, offsets } = await readPeople(connection, events, read);
  const { alphabet, bounds } = events;
  const steps =
    (bounds !== undefined && bounds.span < EXACT
      ? await stepsInFileOrder(connection, events, { earliest: bounds.earliest, offsets }, read)
      : undefined) ?? (await stepsInOrder(events, offsets, read));
  return { alphabet, ids, offsets, steps };
}

/** Undefined when they did not come in the file's order: then nothing says which of two at the same time was first. */
async function stepsInFileOrder(
  connection: DuckDBConnection,
  events: LoadedEvents,
  { earliest, offsets }: { readonly earliest: bigint; readonly offsets: Uint32Array },
  read: Read,
): Promise<FileWords['steps'] | undefined> {
  const placing = new StepPlacing(offsets, events.alphabet.length);
  let isInFileOrder = true;
  let line = -1;
  // Several threads would look customers up out of turn, and wait for the one that reads here anyway.
  const threads = (await connection.runAndReadAll("SELECT current_setting('threads')")).getRows()[0]?.[0];
  await connection.run('SET threads = 1');
  await read(eventsOfPeopleSql(events, earliest), (chunk) => {
    const lines = itemsOf(chunk.getColumnVector(3), Float64Array);
    for (let row = 0; row < chunk.rowCount; row++) {
      if ((lines[row] as number) < line) isInFileOrder = false;
      line = lines[row] as number;
    }
    placing.add(
      chunk.rowCount,
      itemsOf(chunk.getColumnVector(0), Int32Array),
      itemsOf(chunk.getColumnVector(1), Uint16Array),
      itemsOf(chunk.getColumnVector(2), Float64Array),
    );
  });
  await connection.run(`SET threads = ${Number(threads)}`);
  if (!isInFileOrder) return undefined;
  placing.finish();
  sortByTime(offsets, placing.times, placing.steps);
  return placing.steps;
}

/** Sorted by DuckDB: takes several times as long, but no time is too fine, and no order of rows matters. */
async function stepsInOrder(events: LoadedEvents, offsets: Uint32Array, read: Read): Promise<FileWords['steps']> {
  const steps = lettersArray(events.alphabet.length, offsets.at(-1) as number);
  const next = offsets.slice(0, -1);
  await read(eventsInOrderSql(events), (chunk) => {
    const customers = itemsOf(chunk.getColumnVector(0), Int32Array);
    const letters = itemsOf(chunk.getColumnVector(1), Uint16Array);
    for (let row = 0; row < chunk.rowCount; row++) {
      steps[next[customers[row] as number]!++] = letters[row] as number;
    }
  });
  return steps;
}

type Read = (sql: string, use: (chunk: DuckDBDataChunk) => void) => Promise<void>;

async function readPeople(connection: DuckDBConnection, events: LoadedEvents, read: Read) {
  await readable(events.file.name, () => connection.run(peopleSql(events)));
  const ids = new CustomerIdsBuilder();
  const lengths: Int32Array[] = [];
  await read(readPeopleSql, (chunk) => {
    ids.append(chunk.getColumnValues(0) as string[]);
    lengths.push(itemsOf(chunk.getColumnVector(1), Int32Array).slice(0, chunk.rowCount));
  });
  const built = ids.build();
  const offsets = new Uint32Array(built.size + 1);
  let customer = 0;
  for (const part of lengths) {
    for (const length of part) offsets[++customer] = (offsets[customer - 1] as number) + length;
  }
  return { ids: built, offsets };
}

/** DuckDB fetches the next chunk while one is used. */
async function streamChunks(
  connection: DuckDBConnection,
  sql: string,
  use: (chunk: DuckDBDataChunk) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  let next = result.fetchChunk();
  for (let chunk = await next; chunk !== null && chunk.rowCount > 0; chunk = await next) {
    next = result.fetchChunk();
    try {
      use(chunk);
    } catch (error) {
      await next.catch(() => undefined);
      throw error;
    }
  }
}
