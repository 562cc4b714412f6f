import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { StageClock } from '../stage-clock';
import { openEventsFile } from './events-file';
import type { EventsFormat } from './events-file';
import type { EventColumns, LoadedEvents } from './events-relation';
import { loadEvents } from './load-events';

/** A file of events, and how to read it. */
export interface EventsSource {
  /** Path of a csv, ndjson or parquet file, or of one of these with `.gz`. */
  readonly file: string;
  /** By the file's extension when left out. */
  readonly format?: EventsFormat;
  readonly columns: EventColumns;
  /** Threads DuckDB may use; all cores by default. */
  readonly threads?: number;
}

export interface OpenedEvents {
  readonly connection: DuckDBConnection;
  readonly events: LoadedEvents;
  /** Has the stages `open` and `load` behind it. */
  readonly clock: StageClock;
}

/**
 * Opens a file of events for some work, without any engine or lake. Rows without customer, event or a readable time are
 * left out and counted.
 *
 * @throws HubError `FILE_MISSING`, `FILE_EMPTY`, `FILE_UNREADABLE`, `FILE_TRUNCATED`, `FORMAT_UNKNOWN`,
 * `COLUMN_MISSING`, `COLUMN_TYPE`, `TIME_UNREADABLE`, `ALPHABET_TOO_LARGE`
 */
export async function withEvents<T>(source: EventsSource, work: (opened: OpenedEvents) => Promise<T>): Promise<T> {
  const clock = new StageClock();
  const temp = new TempFolder();
  try {
    const file = await openEventsFile(source.file, source.format, () => temp.path());
    const instance = await startDuckDb(source.threads);
    const connection = await instance.connect();
    try {
      await connection.run("SET TimeZone = 'UTC'");
      clock.finish('open');
      const events = await loadEvents(connection, file, source.columns);
      clock.finish('load');
      return await work({ connection, events, clock });
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    await temp.remove();
  }
}

/** What the asker should know about rows that were left out. */
export function ignoredWarning({ file, columns }: EventsSource, { ignoredRows: rows }: LoadedEvents): string[] {
  if (rows === 0) return [];
  const needed = `"${columns.customer}", "${columns.event}" or a readable "${columns.time}"`;
  return [`${rows} ${rows === 1 ? 'row' : 'rows'} of ${file} left out: without ${needed}`];
}

/** A folder that is made only if something needs it. */
class TempFolder {
  private made: Promise<string> | undefined;

  path(): Promise<string> {
    return (this.made ??= mkdtemp(join(tmpdir(), 'hub-events-')));
  }

  async remove(): Promise<void> {
    if (this.made !== undefined) await rm(await this.made, { recursive: true, force: true });
  }
}

const MEMORY_MB = 1500;

/** DuckDB spills tables beyond the limit to disk, in a folder that it makes when needed and removes. */
function startDuckDb(threads: number | undefined): Promise<DuckDBInstance> {
  const memoryMb = Math.min(MEMORY_MB, Math.floor((totalmem() / 1e6) * 0.7));
  return DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb}MB`,
    temp_directory: join(tmpdir(), `hub-events-spill-${process.pid}`),
    ...(threads === undefined ? {} : { threads: String(threads) }),
  });
}
