import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { HubError, messageOf } from '../../../core/errors';
import { csvHeader } from '../../../core/frequency/csv-header';
import { emptyFile } from './file-errors';

export type EventsFormat = 'csv' | 'ndjson' | 'parquet';
export const eventsFormats: readonly EventsFormat[] = ['csv', 'ndjson', 'parquet'];

/** A readable, plain (not compressed) file of events. */
export interface EventsFile {
  /** As the caller named it: what messages show. */
  readonly name: string;
  readonly path: string;
  readonly format: EventsFormat;
}

const FORMAT_BY_EXTENSION: Readonly<Record<string, EventsFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'ndjson',
  '.parquet': 'parquet',
  '.pq': 'parquet',
};

/**
 * Finds out what the file is. A `.gz` is unpacked into `tempFolder` first: DuckDB would read a truncated one without
 * complaint, and read it on one thread only.
 *
 * @throws HubError `FILE_MISSING`, `FILE_EMPTY`, `FILE_UNREADABLE`, `FILE_TRUNCATED`, `FORMAT_UNKNOWN`
 */
export async function openEventsFile(
  name: string,
  format: EventsFormat | undefined,
  tempFolder: () => Promise<string>,
): Promise<EventsFile> {
  await checkFile(name);
  const gzipped = /\.gz$/i.test(name);
  const plainName = gzipped ? name.slice(0, -'.gz'.length) : name;
  const known = format ?? FORMAT_BY_EXTENSION[extname(plainName).toLowerCase()];
  if (known === undefined) {
    throw new HubError(
      'FORMAT_UNKNOWN',
      `cannot tell the format of ${name} from its name; say --format csv, ndjson or parquet`,
    );
  }
  if (!gzipped) return { name, path: name, format: known };
  const path = join(await tempFolder(), basename(plainName));
  await unpack(name, path);
  return { name, path, format: known };
}

/** The first line's column names of a CSV, with the delimiter that separates them. */
export async function readCsvHeader(
  file: EventsFile,
  wanted: readonly string[],
): Promise<{ delimiter: string; columns: string[] }> {
  const handle = await open(file.path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return csvHeader(buffer.toString('utf8', 0, bytesRead), wanted);
  } finally {
    await handle.close();
  }
}

const HEADER_BYTES = 256 * 1024;

async function checkFile(name: string): Promise<void> {
  const found = await stat(name).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new HubError('FILE_MISSING', `there is no file ${name}; check the path`);
    throw new HubError('FILE_UNREADABLE', `cannot read ${name}: ${error.message}`, { cause: error });
  });
  if (!found.isFile()) throw new HubError('FILE_UNREADABLE', `${name} is not a file; give one file of events`);
  if (found.size === 0) throw emptyFile(name);
}

async function unpack(name: string, path: string): Promise<void> {
  try {
    await pipeline(createReadStream(name), createGunzip(), createWriteStream(path));
  } catch (error) {
    const isCut = (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    throw new HubError(
      isCut ? 'FILE_TRUNCATED' : 'FILE_UNREADABLE',
      `cannot unpack ${name}: ${messageOf(error)}; ${isCut ? 'it was cut off, copy it again' : 'is it a gzip file?'}`,
      { cause: error },
    );
  }
  if ((await stat(path)).size === 0) throw emptyFile(name);
}
