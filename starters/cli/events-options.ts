import type { Command } from 'commander';
import type { EventsFormat } from '../../adapters/local/events/events-file';
import type { EventsSource } from '../../adapters/local/events/with-events';
import { required } from './required-option';
import { UsageError } from './usage-error';

/** How the shell says which file of events to read. */
export interface EventsOptions {
  readonly events?: string;
  readonly format?: string;
  readonly customerCol?: string;
  readonly timeCol?: string;
  readonly eventCol?: string;
  readonly threads?: string;
}

const MOST_THREADS = 1024;
const FORMATS: readonly EventsFormat[] = ['csv', 'ndjson', 'parquet'];

/** Adds the options that say which file of events to read, and how. */
export function withEventsOptions(command: Command): Command {
  return command
    .option('--events <file>', 'ask of a file instead, without engines: csv, ndjson or parquet, also with .gz')
    .option('--format <format>', "csv, ndjson or parquet (default: by the file's name)")
    .option('--customer-col <column>', 'the column that says who')
    .option('--time-col <column>', 'the column that says when: timestamps, dates, ISO 8601 text or epoch numbers')
    .option('--event-col <column>', 'the column that says what')
    .option('--threads <n>', 'threads to use (default: all cores)');
}

/** @throws UsageError for a column that is not named, or a value that cannot be meant */
export function eventsSource(options: EventsOptions, file: string): EventsSource {
  const { format, threads } = options;
  const known = FORMATS.find((name) => name === format);
  if (format !== undefined && known === undefined) {
    throw new UsageError(`--format ${format}: expected csv, ndjson or parquet`);
  }
  return {
    file,
    columns: {
      customer: required(options.customerCol, '--customer-col'),
      time: required(options.timeCol, '--time-col'),
      event: required(options.eventCol, '--event-col'),
    },
    ...(known === undefined ? {} : { format: known }),
    ...(threads === undefined ? {} : { threads: wholeNumber(threads, '--threads', [1, MOST_THREADS]) }),
  };
}

/** @throws UsageError for an option that says how to read a file where there is none */
export function refuseEventsOptions(options: EventsOptions): void {
  const { format, customerCol, timeCol, eventCol, threads } = options;
  if ([format, customerCol, timeCol, eventCol, threads].some((option) => option !== undefined)) {
    throw new UsageError('--format, --customer-col, --time-col, --event-col and --threads go with --events <file>');
  }
}

/** A number within bounds; `1e1`, ` 5` and `0x5` are typing errors rather than numbers. */
export function wholeNumber(text: string, option: string, [least, most]: readonly [number, number]): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${option} ${text}: expected a whole number from ${least} to ${most}`);
}
