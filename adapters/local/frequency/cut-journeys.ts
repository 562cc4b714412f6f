import { DuckDBDataChunk, DuckDBListVector, INTEGER } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { JourneySlices } from '../../../core/journeys/slices';
import { lettersArray } from '../../../core/journeys/words';
import type { JourneyCut } from '../../../schemas/frequency';
import type { LoadedEvents } from '../events/events-relation';
import { anchorsSql, exactWindowsSql, packedWindowsSql } from './windows-sql';
import { itemsOf } from '../events/chunk-items';
import { readable } from '../events/file-errors';

/**
 * Cuts the journey of every customer who had the event of interest. Exact, equal times included; fast where there are
 * none. An event outside the alphabet gives no journeys.
 *
 * @throws HubError `FILE_UNREADABLE`
 */
export async function cutJourneys(
  connection: DuckDBConnection,
  events: LoadedEvents,
  question: JourneyCut,
): Promise<JourneySlices> {
  const isKnown = events.alphabet.includes(question.event);
  const customers = isKnown ? await findAnchors(connection, events, question.event) : 0;
  const windows = new Windows(question, events.alphabet, customers);
  if (customers === 0) return windows.slices();
  const read = (sql: string, use: (chunk: DuckDBDataChunk) => void) =>
    readable(events.file.name, () => readChunks(connection, sql, use));
  const letterBits = Math.ceil(Math.log2(events.alphabet.length));
  if (canPack(events.bounds?.span, letterBits)) {
    await read(packedWindowsSql(events, question, letterBits), (chunk) => windows.setPacked(chunk, letterBits));
    if (windows.tied.length === 0) return windows.slices();
    await createTied(connection, windows.tied);
  } else {
    await connection.run('CREATE TEMP TABLE tied AS SELECT number FROM anchors');
  }
  await read(exactWindowsSql(events, question), (chunk) => windows.setExact(chunk));
  return windows.slices();
}

/** Whether every distance in time fits into one BIGINT together with a letter. */
function canPack(span: bigint | undefined, letterBits: number): boolean {
  return span !== undefined && (span + 1n) << BigInt(letterBits) < 2n ** 63n;
}

async function findAnchors(connection: DuckDBConnection, events: LoadedEvents, event: string): Promise<number> {
  await readable(events.file.name, () => connection.run(anchorsSql(events, event)));
  const reader = await connection.runAndReadAll('SELECT count(*) FROM anchors');
  return Number(reader.getRows()[0]?.[0]);
}

async function readChunks(
  connection: DuckDBConnection,
  sql: string,
  use: (chunk: DuckDBDataChunk) => void,
): Promise<void> {
  const result = await connection.run(sql);
  // Taken synchronously: fetching a chunk asynchronously takes longer than reading it.
  for (let index = 0; index < result.chunkCount; index++) use(result.getChunk(index));
}

/** DuckDB's vector size: the most rows a data chunk holds. */
const CHUNK_ROWS = 2048;

async function createTied(connection: DuckDBConnection, numbers: readonly number[]): Promise<void> {
  await connection.run('CREATE TEMP TABLE tied (number INTEGER)');
  const appender = await connection.createAppender('tied', null, 'temp');
  for (let start = 0; start < numbers.length; start += CHUNK_ROWS) {
    const chunk = DuckDBDataChunk.create([INTEGER]);
    chunk.setColumns([numbers.slice(start, start + CHUNK_ROWS)]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** The journeys cut so far, one place of `steps` letters for each customer. */
class Windows {
  /** Numbers of customers whose packed window is ambiguous. */
  readonly tied: number[] = [];
  private readonly letters: Uint8Array | Uint16Array;
  private readonly lengths: Uint8Array;
  private readonly limit: number;

  constructor(
    private readonly question: JourneyCut,
    private readonly alphabet: readonly string[],
    customers: number,
  ) {
    this.limit = question.steps;
    this.letters = lettersArray(alphabet.length, customers * this.limit);
    this.lengths = new Uint8Array(customers);
  }

  setPacked(chunk: DuckDBDataChunk, letterBits: number): void {
    const numbers = itemsOf(chunk.getColumnVector(0), Int32Array);
    const lists = listsOf(chunk, 1);
    const items = itemsOf(lists.childVector, BigInt64Array);
    // Halves of BIGINTs as 32-bit integers, the lower first as on every platform DuckDB is built for: reading 64-bit
    // items would allocate a BigInt each.
    const halves = new Int32Array(items.buffer, items.byteOffset, items.length * 2);
    const mask = 2 ** letterBits - 1;
    for (let row = 0; row < chunk.rowCount; row++) {
      const from = lists.getEntryOffset(row);
      const found = lists.getEntryLength(row);
      const number = numbers[row] as number;
      const length = Math.min(found, this.limit);
      this.lengths[number] = length;
      for (let step = 0; step < length; step++) {
        this.letters[this.place(number, length, step)] = (halves[(from + step) * 2] as number) & mask;
      }
      if (hasEqualTimes(halves, from, found, letterBits)) this.tied.push(number);
    }
  }

  setExact(chunk: DuckDBDataChunk): void {
    const numbers = itemsOf(chunk.getColumnVector(0), Int32Array);
    const lists = listsOf(chunk, 1);
    const items = itemsOf(lists.childVector, Uint16Array);
    for (let row = 0; row < chunk.rowCount; row++) {
      const from = lists.getEntryOffset(row);
      const length = lists.getEntryLength(row);
      const number = numbers[row] as number;
      this.lengths[number] = length;
      for (let step = 0; step < length; step++) {
        this.letters[this.place(number, length, step)] = items[from + step] as number;
      }
    }
  }

  slices(): JourneySlices {
    const starts = Uint32Array.from(this.lengths, (_, number) => number * this.limit);
    const ends = Uint32Array.from(this.lengths, (length, number) => number * this.limit + length);
    return { alphabet: this.alphabet, steps: this.letters, starts, ends };
  }

  /** Where the step so many steps from the event of interest goes: journeys are kept in the order of time. */
  private place(number: number, length: number, fromAnchor: number): number {
    return number * this.limit + (this.question.as === 'end' ? length - 1 - fromAnchor : fromAnchor);
  }
}

/** Whether two neighbours have the same time: all bits but those of the letter. */
function hasEqualTimes(halves: Int32Array, from: number, length: number, letterBits: number): boolean {
  for (let at = from * 2 + 2; at < (from + length) * 2; at += 2) {
    const lower = (halves[at] as number) ^ (halves[at - 2] as number);
    if (halves[at + 1] === halves[at - 1] && lower >>> letterBits === 0) return true;
  }
  return false;
}

function listsOf(chunk: DuckDBDataChunk, column: number): DuckDBListVector {
  const lists = chunk.getColumnVector(column);
  if (!(lists instanceof DuckDBListVector)) throw new TypeError('expected a vector of lists from DuckDB');
  return lists;
}
