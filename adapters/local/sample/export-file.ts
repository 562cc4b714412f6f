import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Bytes handed to the file system at a time. */
const BLOCK_BYTES = 262_144;
/** UTF-8 takes at most three bytes for one of JavaScript's characters. */
const BYTES_PER_CHARACTER = 3;

/** A text file written line by line. */
export class ExportFile {
  // Bytes, not text: text that grows by small pieces keeps them all alive, and the garbage collector busy.
  private block = Buffer.allocUnsafe(BLOCK_BYTES);
  private filled = 0;
  private readonly file: WriteStream;
  private readonly target: Writable;
  /** Settles when the file is closed, or could not be written. */
  private readonly done: Promise<void>;
  rows = 0;
  bad = 0;
  duplicates = 0;

  constructor(
    readonly path: string,
    header: string | undefined,
  ) {
    this.file = createWriteStream(path);
    this.done = finished(this.file);
    // Whoever adds lines or closes the file is told of the failure: nobody waits in between.
    this.done.catch(() => undefined);
    if (path.endsWith('.gz')) {
      const gzip = createGzip({ level: 1 });
      gzip.pipe(this.file);
      this.target = gzip;
    } else this.target = this.file;
    if (header !== undefined) this.put(`${header}\n`);
  }

  /** Adds a line; wait for the promise, if there is one, before adding more. */
  add(line: string): Promise<void> | undefined {
    this.rows++;
    const text = `${line}\n`;
    if (this.filled + text.length * BYTES_PER_CHARACTER <= BLOCK_BYTES) {
      this.put(text);
      return undefined;
    }
    const written = this.flush();
    this.put(text);
    return written;
  }

  async close(): Promise<void> {
    await this.flush();
    this.target.end();
    await this.done;
  }

  /** Lets go of the file as it is, half written. */
  async abandon(): Promise<void> {
    this.target.destroy();
    this.file.destroy();
    await this.done.catch(() => undefined);
  }

  private put(text: string): void {
    this.filled += this.block.write(text, this.filled);
  }

  private async flush(): Promise<void> {
    const hasRoom = this.target.write(this.block.subarray(0, this.filled));
    this.block = Buffer.allocUnsafe(BLOCK_BYTES);
    this.filled = 0;
    // A file that failed never drains.
    if (!hasRoom) await Promise.race([once(this.target, 'drain'), this.done]);
  }
}
