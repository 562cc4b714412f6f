import { EMPTY_MANIFEST, type Manifest } from '../../../core/lake/manifest';
import type { ObjectStore } from '../../../ports/object-store';
import type { ManifestLog } from './manifest-log';

const FOLDER = 'manifests/';

/** Manifests as objects, one a version, each written only if there is none: whoever is second is told so. */
export class ObjectManifestLog implements ManifestLog {
  constructor(private readonly objects: ObjectStore) {}

  async latest(): Promise<Manifest> {
    const newest = (await this.versions()).at(-1);
    return newest === undefined ? EMPTY_MANIFEST : this.read(newest);
  }

  async read(version: number): Promise<Manifest> {
    if (version === 0) return EMPTY_MANIFEST;
    const text = Buffer.from(await this.objects.read(keyOf(version))).toString('utf8');
    return JSON.parse(text) as Manifest;
  }

  /** False may also be the answer to a second try of one's own: the manifest that is there tells by its keys whose it is. */
  publish(manifest: Manifest): Promise<boolean> {
    return this.objects.putIfAbsent(keyOf(manifest.version), Buffer.from(JSON.stringify(manifest)));
  }

  async versions(): Promise<number[]> {
    const versions: number[] = [];
    for await (const { key } of this.objects.list(FOLDER)) {
      const name = /^(\d{10})\.json$/.exec(key.slice(FOLDER.length));
      if (name !== null) versions.push(Number(name[1]));
    }
    return versions;
  }

  async forget(version: number): Promise<void> {
    await this.objects.remove([keyOf(version)]);
  }
}

function keyOf(version: number): string {
  return `${FOLDER}${String(version).padStart(10, '0')}.json`;
}
