import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Text handed to the file system at a time. */
const BLOCK_CHARACTERS = 262_144;

/** A text file written line by line. */
export class ExportFile {
  private block = '';
  private readonly target: Writable;
  private readonly done: Promise<void>;
  rows = 0;
  bad = 0;
  duplicates = 0;

  constructor(
    readonly path: string,
    header: string | undefined,
  ) {
    const file = createWriteStream(path);
    this.done = finished(file);
    if (path.endsWith('.gz')) {
      const gzip = createGzip({ level: 1 });
      gzip.pipe(file);
      this.target = gzip;
    } else this.target = file;
    if (header !== undefined) this.block = `${header}\n`;
  }

  /** Adds a line; wait for the promise, if there is one, before adding more. */
  add(line: string): Promise<void> | undefined {
    this.rows++;
    this.block += `${line}\n`;
    return this.block.length < BLOCK_CHARACTERS ? undefined : this.flush();
  }

  async close(): Promise<void> {
    await this.flush();
    this.target.end();
    await this.done;
  }

  private async flush(): Promise<void> {
    const hasRoom = this.target.write(this.block);
    this.block = '';
    if (!hasRoom) await new Promise((resolve) => this.target.once('drain', resolve));
  }
}
