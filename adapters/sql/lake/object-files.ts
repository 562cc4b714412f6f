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
    await this.objects.remove(this.keysOf(`${FOLDER}/${folder}/`));
  }

  async sweep(isOld: (name: string) => boolean): Promise<void> {
    const isOfOld = (key: string) => isOld(key.split('/')[1]!);
    await this.objects.remove(this.keysOf(`${FOLDER}/`, isOfOld));
  }

  private async *keysOf(prefix: string, isWanted: (key: string) => boolean = () => true): AsyncGenerator<string> {
    for await (const { key } of this.objects.list(prefix)) if (isWanted(key)) yield key;
  }
}
