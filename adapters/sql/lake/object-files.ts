import type { ObjectStore } from '../../../ports/object-store';
import type { SharedFiles } from './table-engine';

const FOLDER = 'commits';

/** Files of commits under way, in an object store that the engine reads, too. */
export class ObjectFiles implements SharedFiles {
  /** @param location of the store, as the engine names it */
  constructor(
    private readonly objects: ObjectStore,
    private readonly location: string,
  ) {}

  upload(path: string, key: string, signal?: AbortSignal): Promise<void> {
    return this.objects.upload(path, `${FOLDER}/${key}`, signal);
  }

  locationOf(folder: string): string {
    return `${this.location.replace(/\/$/, '')}/${FOLDER}/${folder}`;
  }

  async remove(folder: string): Promise<void> {
    await this.objects.remove(keysOf(this.objects, `${FOLDER}/${folder}/`));
  }
}

async function* keysOf(objects: ObjectStore, prefix: string): AsyncGenerator<string> {
  for await (const { key } of objects.list(prefix)) yield key;
}
