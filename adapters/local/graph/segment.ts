import { createReadStream, createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip, gunzipSync, gzipSync } from 'node:zlib';
import type { Gzip, ZlibOptions } from 'node:zlib';
import { HubError } from '../../../core/errors';

/** What the first line of a segment says of its commit. */
export interface CommitInfo {
  readonly commitNum: number;
  /** The load this commit is part of. */
  readonly key: string;
  /** Changes of the load that are durable with this commit, from the load's first one on. */
  readonly done: number;
  /** Changes in this commit. */
  readonly changes: number;
  /** Whether the load ends with this commit. */
  readonly finished: boolean;
}

/** Room for the numbers of the header, which are known only at the end. */
const HEADER_SLACK = 80;
const READ_BYTES = 64 * 1024;
const WRITE_ROOM_BYTES = 4 * 1024 * 1024;

/**
 * Writes one commit as a gzip file: a first member of fixed size that holds the header line, then the records. The file
 * gets its number in one step, when it is whole and on the disk.
 */
export class SegmentWriter {
  /** The room lets the compressing thread work while the next text is made. */
  private readonly gzip: Gzip = createGzip({
    level: constants.Z_BEST_SPEED,
    chunkSize: READ_BYTES,
    writableHighWaterMark: WRITE_ROOM_BYTES,
  } as ZlibOptions);
  private readonly file: WriteStream;
  private readonly written: Promise<void>;
  private readonly headerBytes: number;

  constructor(
    private readonly path: string,
    private readonly key: string,
  ) {
    const placeholder = headerMember({ commitNum: 0, key, done: 0, changes: 0, finished: false }, this.headerLength());
    this.headerBytes = placeholder.length;
    this.file = createWriteStream(path, { flags: 'wx' });
    this.file.write(placeholder);
    this.written = pipeline(this.gzip, this.file);
    // The failure is thrown by `finish`; without a handler it would end the process before.
    this.written.catch(() => undefined);
  }

  /** Adds text; resolves when there is room for more. */
  async append(text: string): Promise<void> {
    if (text === '' || this.gzip.write(text)) return;
    await Promise.race([once(this.gzip, 'drain'), this.written]);
  }

  /** Completes the file and waits until it is on the disk. */
  async finish(info: Omit<CommitInfo, 'key'>): Promise<void> {
    this.gzip.end();
    await this.written;
    const header = headerMember({ ...info, key: this.key }, this.headerLength());
    if (header.length !== this.headerBytes)
      throw new Error(`segment header of ${header.length} bytes, expected ${this.headerBytes}`);
    const handle = await open(this.path, 'r+');
    try {
      await handle.write(header, 0, header.length, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /**
   * Gives the finished file its place in the log. Throws `GRAPH_CONFLICT` (retryable) when another writer took it.
   */
  async publish(target: string, folder: string): Promise<void> {
    try {
      await link(this.path, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new HubError(
        'GRAPH_CONFLICT',
        `another writer committed to the graph's change log first (${target}); try again`,
        {
          retryable: true,
          cause: error,
        },
      );
    }
    await syncFolder(folder);
    await rm(this.path, { force: true });
  }

  /** Takes the unpublished file away. */
  async discard(): Promise<void> {
    this.gzip.destroy();
    await this.written.catch(() => undefined);
    await rm(this.path, { force: true });
  }

  private headerLength(): number {
    return Buffer.byteLength(JSON.stringify(this.key)) + HEADER_SLACK * 2;
  }
}

/** Makes names in a folder as durable as the files they name. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A gzip member whose size depends on `length` only: stored, not compressed, and padded with blanks. */
function headerMember(info: CommitInfo, length: number): Buffer {
  return gzipSync(`${JSON.stringify(info).padEnd(length)}\n`, { level: constants.Z_NO_COMPRESSION });
}

/** Reads what a segment says of its commit, without reading its records. */
export async function readCommitInfo(path: string): Promise<CommitInfo> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, 0);
    const text = gunzipSync(buffer.subarray(0, bytesRead), { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8');
    return JSON.parse(text.slice(0, text.indexOf('\n'))) as CommitInfo;
  } catch (error) {
    throw new HubError('GRAPH_LOG_INVALID', `change log ${path} cannot be read; restore it from a backup`, {
      cause: error,
    });
  } finally {
    await handle.close();
  }
}

/** The records of a segment as lines, some thousand at a time. */
export async function* readSegment(path: string): AsyncGenerator<string[]> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES * 4 });
  const text = file.pipe(createGunzip({ chunkSize: READ_BYTES * 4 }));
  // `pipe` does not hand an error on, and one that nobody hears of ends the process.
  file.on('error', (error) => text.destroy(error));
  text.setEncoding('utf8');
  let rest = '';
  let isFirst = true;
  for await (const chunk of text as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (isFirst && lines.length > 0) {
      lines.shift();
      isFirst = false;
    }
    if (lines.length > 0) yield lines;
  }
}
