import { mkdir } from 'node:fs/promises';
import {
  DuckDBBigIntVector,
  DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBInstance,
  DuckDBIntegerVector,
  DuckDBListVector,
  DuckDBUSmallIntVector,
  JSDuckDBValueConverter,
} from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBValue, DuckDBVector } from '@duckdb/node-api';
import { HubError, messageOf } from '../../core/errors';
import type { ColumnBatch, LakeInput, SqlValue } from '../../ports/lake';
import { identifier } from '../../core/sql/quote';

export interface DuckDbOptions {
  /** Memory before DuckDB spills to `tempFolder`, in MB. */
  readonly memoryMb: number;
  readonly threads: number;
  readonly tempFolder: string;
}

/** An in-memory DuckDB whose sessions never see each other's temporary tables. */
export class DuckDb {
  private constructor(private readonly instance: DuckDBInstance) {}

  static async start(options: DuckDbOptions): Promise<DuckDb> {
    await mkdir(options.tempFolder, { recursive: true });
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(options.threads),
      memory_limit: `${options.memoryMb}MB`,
      temp_directory: options.tempFolder,
    });
    const duckDb = new DuckDb(instance);
    // Only once the calendar extension is loaded can the zone be set.
    await duckDb.session(undefined, (session) => session.run(`SET GLOBAL TimeZone = 'UTC'`));
    return duckDb;
  }

  /** Runs `work` on a connection of its own, which an abort interrupts. */
  async session<T>(signal: AbortSignal | undefined, work: (session: DuckDbSession) => Promise<T>): Promise<T> {
    const session = await this.open(signal);
    try {
      return await work(session);
    } finally {
      session.close();
    }
  }

  /** A connection of its own, to be closed by the caller. */
  async open(signal?: AbortSignal): Promise<DuckDbSession> {
    return new DuckDbSession(await this.instance.connect(), signal);
  }

  close(): void {
    this.instance.closeSync();
  }
}

type Parameters = Readonly<Record<string, SqlValue>>;

/** How often a cancelled session's statement is interrupted: one that had not quite begun does not notice the first. */
const INTERRUPT_MS = 50;

/** One connection, interrupted when the signal fires. Errors carry the SQL that failed. */
export class DuckDbSession {
  private interrupting: NodeJS.Timeout | undefined;
  private readonly cancel = () => {
    this.connection.interrupt();
    this.interrupting = setInterval(() => this.connection.interrupt(), INTERRUPT_MS);
  };

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener('abort', this.cancel);
  }

  close(): void {
    this.signal?.removeEventListener('abort', this.cancel);
    clearInterval(this.interrupting);
    this.connection.closeSync();
  }

  /** Runs a statement; returns the count it reports (rows written by COPY), or 0. */
  async run(sql: string, parameters?: Parameters): Promise<number> {
    const rows = await this.rows<{ Count?: bigint }>(sql, parameters);
    return Number(rows[0]?.Count ?? 0);
  }

  async rows<Row extends object>(sql: string, parameters?: Parameters): Promise<Row[]> {
    return this.guard(sql, async () => {
      const reader = await this.connection.runAndReadAll(sql, parameters as Record<string, DuckDBValue>);
      return reader.getRowObjectsJS() as Row[];
    });
  }

  async *stream(sql: string, parameters?: Parameters): AsyncGenerator<ColumnBatch> {
    const result = await this.guard(sql, () => this.connection.stream(sql, parameters as Record<string, DuckDBValue>));
    const names = result.deduplicatedColumnNames();
    for (;;) {
      const chunk = await this.guard(sql, () => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      yield { rows: chunk.rowCount, columns: columnsOf(chunk, names) };
    }
  }

  /** Lends the connection to those who read DuckDB's vectors themselves. `what` they read is told with an error. */
  async lend<T>(what: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.guard(what, () => work(this.connection));
  }

  /** Creates a temporary table from rows computed outside SQL. */
  async createTable(name: string, input: LakeInput): Promise<void> {
    const columns = Object.entries(input.columns).map(([column, type]) => `${identifier(column)} ${type}`);
    await this.run(`CREATE TEMP TABLE ${identifier(name)} (${columns.join(', ')})`);
    const appender = await this.connection.createAppender(name, null, 'temp');
    const types = Array.from({ length: appender.columnCount }, (_, index) => appender.columnType(index));
    for await (const batch of input.batches) {
      for (let start = 0; start < batch.rows; start += CHUNK_ROWS) {
        const chunk = DuckDBDataChunk.create(types);
        const end = Math.min(start + CHUNK_ROWS, batch.rows);
        chunk.setColumns(Object.keys(input.columns).map((column) => sliceOf(batch, column, start, end)));
        appender.appendDataChunk(chunk);
      }
    }
    appender.closeSync();
  }

  private async guard<T>(sql: string, work: () => Promise<T>): Promise<T> {
    try {
      this.signal?.throwIfAborted();
      return await work();
    } catch (error) {
      if (this.signal?.aborted) throw new HubError('CANCELLED', 'the query was cancelled', { cause: error });
      if (isOutOfMemory(error)) throw outOfMemory(sql, error);
      throw new HubError('LAKE_QUERY_FAILED', `${messageOf(error)}\nin the query: ${sql}`, { cause: error });
    }
  }
}

function isOutOfMemory(error: unknown): boolean {
  return messageOf(error).includes('Out of Memory Error');
}

/** Retryable: what else was going on may be over by then. */
function outOfMemory(sql: string, cause: unknown): HubError {
  const message = `${messageOf(cause).split('\n')[0]}; give the worker more with worker.duckdbMemoryMb in hub.yaml\nin the query: ${sql}`;
  return new HubError('LAKE_OUT_OF_MEMORY', message, { retryable: true, cause });
}

/** DuckDB's vector size: the most rows a data chunk holds. */
const CHUNK_ROWS = 2048;

function sliceOf(batch: ColumnBatch, column: string, start: number, end: number): DuckDBValue[] {
  const values = batch.columns[column];
  if (values === undefined) throw new HubError('LAKE_INPUT_INVALID', `the rows given lack the column "${column}"`);
  return Array.prototype.slice.call(values, start, end) as DuckDBValue[];
}

function columnsOf(chunk: DuckDBDataChunk, names: readonly string[]): Record<string, ArrayLike<unknown>> {
  return Object.fromEntries(names.map((name, index) => [name, columnOf(chunk, index)]));
}

/** Numbers without nulls as the typed array that DuckDB filled, lists of such as parts of one, anything else as JavaScript values. */
function columnOf(chunk: DuckDBDataChunk, index: number): ArrayLike<unknown> {
  const vector = chunk.getColumnVector(index);
  const typed =
    vector instanceof DuckDBListVector ? typedLists(vector, chunk.rowCount) : typedItems(vector, chunk.rowCount);
  return typed ?? chunk.convertColumnValues(index, JSDuckDBValueConverter);
}

/** What of DuckDB's vectors of numbers and lists is read here. */
interface TypedVector {
  readonly items: Float64Array | BigInt64Array | Int32Array | Uint16Array;
  readonly validity: Validity;
}

/** Undefined where they are no numbers, or some are null. The memory is DuckDB's, and is its again with the next chunk. */
function typedItems(vector: DuckDBVector, count: number): TypedVector['items'] | undefined {
  const isTyped =
    vector instanceof DuckDBDoubleVector ||
    vector instanceof DuckDBBigIntVector ||
    vector instanceof DuckDBIntegerVector ||
    vector instanceof DuckDBUSmallIntVector;
  if (!isTyped) return undefined;
  const { items, validity } = vector as unknown as TypedVector;
  return allValid(validity, count) ? items : undefined;
}

/** Undefined where they are not of numbers, or something is null. */
function typedLists(vector: DuckDBListVector, count: number): TypedVector['items'][] | undefined {
  const { validity } = vector as unknown as TypedVector;
  const items = typedItems(vector.childVector, vector.childVector.itemCount);
  if (items === undefined || !allValid(validity, count)) return undefined;
  // Lists are kept for longer than the chunk.
  const own = items.slice();
  return Array.from({ length: count }, (_, row) => {
    const start = vector.getEntryOffset(row);
    return own.subarray(start, start + vector.getEntryLength(row));
  });
}

/** The part of DuckDB's validity mask that is read here; its class is not exported. */
interface Validity {
  itemValid(index: number): boolean;
}

function allValid(validity: Validity, rows: number): boolean {
  for (let row = 0; row < rows; row++) if (!validity.itemValid(row)) return false;
  return true;
}
