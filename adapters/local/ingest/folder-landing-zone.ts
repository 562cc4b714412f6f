import { readdir, mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { matchesFilePattern } from '../../../core/ingest/file-pattern';
import type { LandingZone, SourceFile, StagedFile, StageOptions } from '../../../ports/landing-zone';
import type { Source } from '../../../schemas/source';
import { syncFolder } from '../folders';
import { replaceFile } from '../replace-file';
import type { FileStaging } from './file-staging';

/** A folder in which exports arrive. */
export class FolderLandingZone implements LandingZone {
  constructor(
    private readonly landingFolder: string,
    private readonly staging: FileStaging,
  ) {}

  async list(source: Source, businessDate: string): Promise<SourceFile[]> {
    const paths = await this.filesBelow(this.landingFolder);
    const matching = paths.filter((path) => matchesFilePattern(source.files, path, businessDate)).sort();
    return Promise.all(
      matching.map(async (path) => {
        const { size, mtimeMs } = await stat(join(this.landingFolder, path));
        return { path, bytes: size, modifiedAt: mtimeMs };
      }),
    );
  }

  stage(source: Source, file: SourceFile, options: StageOptions = {}): Promise<StagedFile> {
    return this.staging.stage(source, file, join(this.landingFolder, file.path), options);
  }

  async deliver(path: string, content: Uint8Array): Promise<void> {
    const absolute = join(this.landingFolder, path);
    const there = await stat(absolute).catch(() => undefined);
    if (there?.size === content.length) return;
    // Not below a pattern of files until it is whole.
    const draft = join(dirname(absolute), `.${basename(absolute)}`);
    await mkdir(dirname(absolute), { recursive: true });
    await replaceFile(draft, content);
    await rename(draft, absolute);
    await syncFolder(dirname(absolute));
  }

  discard(files: readonly StagedFile[]): Promise<void> {
    return this.staging.discard(files);
  }

  sweep(before: number): Promise<void> {
    return this.staging.sweep(before);
  }

  private async filesBelow(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    const files = entries.filter((entry) => entry.isFile() && !basename(entry.name).startsWith('.'));
    return files.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  }
}
