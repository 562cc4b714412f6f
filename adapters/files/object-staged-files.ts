import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../ports/object-store';

/** Staged files in an object store, brought to this machine to be landed. */
export class ObjectStagedFiles {
  constructor(
    private readonly objects: ObjectStore,
    private readonly folder: string,
  ) {}

  async use<T>(key: string, work: (path: string) => Promise<T>, signal?: AbortSignal): Promise<T> {
    await mkdir(this.folder, { recursive: true });
    const path = join(this.folder, `${randomUUID()}.parquet`);
    try {
      await this.objects.download(key, path, signal);
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  }
}
