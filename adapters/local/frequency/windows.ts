import {
  DuckDBBigIntVector,
  DuckDBDataChunk,
  DuckDBIntegerVector,
  DuckDBListVector,
  DuckDBUSmallIntVector,
  INTEGER,
} from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBVector } from '@duckdb/node-api';
import type { JourneySlices } from '../../../core/frequency/tally-journeys';
import { lettersArray } from '../../../core/journeys/words';
import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import { exactWindowsSql, packedWindowsSql } from './windows-sql';

/** What is known of the tables of `windows-sql.ts`. */
export interface LoadedEvents {
  readonly alphabet: readonly string[];
  /** Customers who had the event: the rows of `anchors`. */
  readonly customers: number;
  /** The letter of the event of interest. */
  readonly letter: number;
  /** From the earliest to the latest event, in the unit of `time`; `undefined` when times are not whole numbers. */
  readonly span: bigint | undefined;
}

/** Cuts the journey of every customer in `anchors`. Exact, equal times included; fast where there are none. */
export async function cutJourneys(
  connection: DuckDBConnection,
  question: JourneyFrequencyQuestion,
  events: LoadedEvents,
): Promise<JourneySlices> {
  const windows = new Windows(question, events);
  const letterBits = Math.ceil(Math.log2(events.alphabet.length));
  if (events.span === undefined || (events.span + 1n) << BigInt(letterBits) >= 2n ** 63n) {
    await read(connection, exactWindowsSql(question, events.letter, 'all'), (chunk) => windows.setExact(chunk));
    return windows.slices();
  }
  await read(connection, packedWindowsSql(question, letterBits), (chunk) => windows.setPacked(chunk, letterBits));
  if (windows.tied.length > 0) {
    await createTied(connection, windows.tied);
    await read(connection, exactWindowsSql(question, events.letter, 'tied'), (chunk) => windows.setExact(chunk));
  }
  return windows.slices();
}

async function read(connection: DuckDBConnection, sql: string, use: (chunk: DuckDBDataChunk) => void): Promise<void> {
  const result = await connection.run(sql);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) use(chunk);
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
    private readonly question: JourneyFrequencyQuestion,
    private readonly events: LoadedEvents,
  ) {
    this.limit = question.steps;
    this.letters = lettersArray(events.alphabet.length, events.customers * this.limit);
    this.lengths = new Uint8Array(events.customers);
  }

  setPacked(chunk: DuckDBDataChunk, letterBits: number): void {
    const numbers = vector(chunk, 0, DuckDBIntegerVector).items;
    const lists = vector(chunk, 1, DuckDBListVector);
    const { items } = typed(lists.childVector, DuckDBBigIntVector);
    // Halves of BIGINTs as 32-bit integers, the lower first as on every platform DuckDB is built for: reading 64-bit
    // items would allocate a BigInt each.
    const halves = new Int32Array(items.buffer, items.byteOffset, items.length * 2);
    const mask = 2 ** letterBits - 1;
    for (let row = 0; row < chunk.rowCount; row++) {
      const from = lists.getEntryOffset(row);
      const found = lists.getEntryLength(row);
      const number = numbers[row] as number;
      this.put(number, Math.min(found, this.limit), (step) => (halves[(from + step) * 2] as number) & mask);
      if (hasEqualTimes(halves, from, found, letterBits)) this.tied.push(number);
    }
  }

  setExact(chunk: DuckDBDataChunk): void {
    const numbers = vector(chunk, 0, DuckDBIntegerVector).items;
    const lists = vector(chunk, 1, DuckDBListVector);
    const { items } = typed(lists.childVector, DuckDBUSmallIntVector);
    for (let row = 0; row < chunk.rowCount; row++) {
      const from = lists.getEntryOffset(row);
      this.put(numbers[row] as number, lists.getEntryLength(row), (step) => items[from + step] as number);
    }
  }

  slices(): JourneySlices {
    const starts = Uint32Array.from(this.lengths, (_, number) => number * this.limit);
    const ends = Uint32Array.from(this.lengths, (length, number) => number * this.limit + length);
    return { alphabet: this.events.alphabet, steps: this.letters, starts, ends };
  }

  /** Lays out a journey in the order of time; `nearest(0)` is the event of interest itself. */
  private put(number: number, length: number, nearest: (step: number) => number): void {
    const start = number * this.limit;
    this.lengths[number] = length;
    for (let step = 0; step < length; step++) {
      this.letters[start + (this.question.as === 'end' ? length - 1 - step : step)] = nearest(step);
    }
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

function vector<T extends DuckDBVector>(chunk: DuckDBDataChunk, column: number, type: new (...args: never[]) => T): T {
  return typed(chunk.getColumnVector(column), type);
}

/** The vector as the type its SQL gives it. Its `items` are private in the typings of some vectors. */
function typed<T>(given: unknown, type: new (...args: never[]) => T): T & { readonly items: ArrayBufferView } {
  if (!(given instanceof type)) throw new TypeError(`expected a ${type.name} from DuckDB`);
  return given as T & { readonly items: ArrayBufferView };
}
