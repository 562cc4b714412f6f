import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { didYouMean } from '../../../core/frequency/closest-name';
import { tallyJourneys } from '../../../core/frequency/tally-journeys';
import type { JourneyFrequencyAnswer, JourneyCut } from '../../../schemas/frequency';
import { cutJourneys } from './cut-journeys';
import { openEventsFile } from './events-file';
import type { EventsFile, EventsFormat } from './events-file';
import type { EventColumns } from './events-relation';
import { loadEvents } from './load-events';

export interface FileQuestion extends JourneyCut {
  /** Path of a csv, ndjson or parquet file, or of one of these with `.gz`. */
  readonly file: string;
  /** By the file's extension when left out. */
  readonly format?: EventsFormat;
  readonly columns: EventColumns;
  /** Threads DuckDB may use; all cores by default. */
  readonly threads?: number;
}

export interface FileAnswer {
  readonly answer: JourneyFrequencyAnswer;
  /** What the asker should know about the answer, one line each. */
  readonly warnings: readonly string[];
}

/**
 * Answers a frequency question from a file alone, without any engine or lake. Rows without customer, event or a
 * readable time are left out and counted.
 *
 * @throws HubError `FILE_MISSING`, `FILE_EMPTY`, `FILE_UNREADABLE`, `FILE_TRUNCATED`, `FORMAT_UNKNOWN`,
 * `COLUMN_MISSING`, `COLUMN_TYPE`, `TIME_UNREADABLE`, `ALPHABET_TOO_LARGE`
 */
export async function analyzeFile(question: FileQuestion): Promise<FileAnswer> {
  const clock = new StageClock();
  const temp = new TempFolder();
  try {
    const file = await openEventsFile(question.file, question.format, () => temp.path());
    const instance = await startDuckDb(question.threads);
    const connection = await instance.connect();
    try {
      clock.finish('open');
      return await analyze(connection, file, question, clock);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    await temp.remove();
  }
}

async function analyze(
  connection: DuckDBConnection,
  file: EventsFile,
  question: FileQuestion,
  clock: StageClock,
): Promise<FileAnswer> {
  await connection.run("SET TimeZone = 'UTC'");
  const loaded = await loadEvents(connection, file, question.columns);
  clock.finish('load');
  const slices = await cutJourneys(connection, loaded, question);
  clock.finish('journeys');
  const tally = tallyJourneys(slices, question);
  clock.finish('count');
  return {
    answer: { ...tally, ignoredRows: loaded.ignoredRows, timings: clock.timings() },
    warnings: [...ignoredWarning(question, loaded.ignoredRows), ...neverWarning(question, loaded.alphabet)],
  };
}

function ignoredWarning({ file, columns }: FileQuestion, rows: number): string[] {
  if (rows === 0) return [];
  const needed = `"${columns.customer}", "${columns.event}" or a readable "${columns.time}"`;
  return [`${rows} ${rows === 1 ? 'row' : 'rows'} of ${file} left out: without ${needed}`];
}

function neverWarning({ file, event }: FileQuestion, alphabet: readonly string[]): string[] {
  if (alphabet.includes(event)) return [];
  return [`the event "${event}" never occurs in ${file}${didYouMean(event, alphabet)}`];
}

/** Milliseconds by stage, and in all. */
class StageClock {
  private readonly started = performance.now();
  private last = this.started;
  private readonly stages: Record<string, number> = {};

  finish(stage: string): void {
    const now = performance.now();
    this.stages[stage] = rounded(now - this.last);
    this.last = now;
  }

  timings(): Record<string, number> {
    return { ...this.stages, total: rounded(this.last - this.started) };
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** A folder that is made only if something needs it. */
class TempFolder {
  private made: Promise<string> | undefined;

  path(): Promise<string> {
    return (this.made ??= mkdtemp(join(tmpdir(), 'hub-frequency-')));
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
    temp_directory: join(tmpdir(), `hub-frequency-spill-${process.pid}`),
    ...(threads === undefined ? {} : { threads: String(threads) }),
  });
}
