import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ObjectStore } from '../../../ports/object-store';
import type { ChainStore } from './chained-audit-log';

const ENDING = '.ndjson';
const DIGITS = 9;

/** A file a chain, which nobody else on the machine may read. */
export class FolderChains implements ChainStore {
  private file: FileHandle | undefined;

  constructor(private readonly folder: string) {}

  async append(chain: string, lines: Buffer): Promise<void> {
    if (this.file === undefined) {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      this.file = await open(join(this.folder, `${chain}${ENDING}`), 'a', 0o600);
    }
    await this.file.appendFile(lines);
    await this.file.datasync();
  }

  async chains(): Promise<string[]> {
    const names = await readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const chains = names.filter((name) => name.endsWith(ENDING));
    return chains.map((name) => name.slice(0, -ENDING.length)).sort();
  }

  async *lines(chain: string): AsyncGenerator<string> {
    yield* createInterface({ input: createReadStream(join(this.folder, `${chain}${ENDING}`)), crlfDelay: Infinity });
  }

  async close(): Promise<void> {
    await this.file?.close();
  }
}

/** Where nothing can be appended to: an object for all that is written at once. */
export class ObjectChains implements ChainStore {
  private written = 0;

  constructor(
    private readonly objects: Pick<ObjectStore, 'put' | 'list' | 'read' | 'close'>,
    private readonly prefix: string,
  ) {}

  async append(chain: string, lines: Buffer): Promise<void> {
    const number = String(this.written).padStart(DIGITS, '0');
    await this.objects.put(`${this.prefix}${chain}/${number}${ENDING}`, lines);
    this.written++;
  }

  async chains(): Promise<string[]> {
    const chains = new Set<string>();
    for await (const { key } of this.objects.list(this.prefix))
      chains.add(key.slice(this.prefix.length).split('/')[0]!);
    return [...chains];
  }

  async *lines(chain: string): AsyncGenerator<string> {
    for await (const { key } of this.objects.list(`${this.prefix}${chain}/`)) {
      const text = Buffer.from(await this.objects.read(key)).toString('utf8');
      if (text !== '') yield* text.trimEnd().split('\n');
    }
  }

  async close(): Promise<void> {
    await this.objects.close();
  }
}
