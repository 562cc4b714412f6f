import { link, mkdir, open, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { EMPTY_MANIFEST, type Manifest } from '../../../core/lake/manifest';
import type { ManifestLog } from '../../sql/lake/manifest-log';

/**
 * The log of manifests, one file a version. A version is published by hard-linking a complete, synced file to the
 * next number, which fails when another writer was first: the same optimistic protocol as table formats on object
 * stores (conditional put), so that half a manifest can never be seen.
 */
export class FolderManifestLog implements ManifestLog {
  constructor(private readonly folder: string) {}

  async latest(): Promise<Manifest> {
    const newest = (await this.versions()).at(-1);
    return newest === undefined ? EMPTY_MANIFEST : this.read(newest);
  }

  async read(version: number): Promise<Manifest> {
    if (version === 0) return EMPTY_MANIFEST;
    return JSON.parse(await readFile(this.path(version), 'utf8')) as Manifest;
  }

  /** Publishes the manifest as its version. Returns false when that version exists already. */
  async publish(manifest: Manifest): Promise<boolean> {
    await mkdir(this.folder, { recursive: true });
    const draft = join(this.folder, `.draft-${randomUUID()}`);
    try {
      await writeSynced(draft, JSON.stringify(manifest));
      await link(draft, this.path(manifest.version));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** Versions in the log, ascending. */
  async versions(): Promise<number[]> {
    const names = await readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names
      .filter((name) => /^\d{10}\.json$/.test(name))
      .map((name) => Number(name.slice(0, 10)))
      .sort((a, b) => a - b);
  }

  async forget(version: number): Promise<void> {
    await rm(this.path(version), { force: true });
  }

  private path(version: number): string {
    return join(this.folder, `${String(version).padStart(10, '0')}.json`);
  }
}

/** The manifests of the lake in a folder. */
export function manifestsOf(lakeFolder: string): FolderManifestLog {
  return new FolderManifestLog(join(lakeFolder, '_manifests'));
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
