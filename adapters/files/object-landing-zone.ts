import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fixedStart, matchesFilePattern } from '../../core/ingest/file-pattern';
import type { LandingZone, SourceFile, StagedFile, StageOptions } from '../../ports/landing-zone';
import type { ObjectStore } from '../../ports/object-store';
import type { Source } from '../../schemas/source';

export interface ObjectLandingZoneOptions {
  /** Where exports arrive. */
  readonly arrivals: ObjectStore;
  /** Where staged files wait to land: whichever worker lands them finds them there. */
  readonly staging: ObjectStore;
  /** Where files are read from on this machine; `reader` has it for its landing folder. */
  readonly folder: string;
  readonly reader: LandingZone;
}

const STAGED = 'staged';

/** Exports that arrive as objects; each is read on this machine. */
export class ObjectLandingZone implements LandingZone {
  constructor(private readonly zone: ObjectLandingZoneOptions) {}

  async list(source: Source, businessDate: string): Promise<SourceFile[]> {
    const files: SourceFile[] = [];
    for await (const { key, size, modifiedAt } of this.zone.arrivals.list(fixedStart(source.files))) {
      if (matchesFilePattern(source.files, key, businessDate)) files.push({ path: key, bytes: size, modifiedAt });
    }
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async stage(source: Source, file: SourceFile, options: StageOptions = {}): Promise<StagedFile> {
    const { reader, folder } = this.zone;
    const path = join(folder, file.path);
    try {
      const fetched = await this.fetch(file, path, options.signal);
      const staged = await reader.stage(source, fetched, options);
      try {
        return { ...staged, ...file, staged: await this.share(staged.staged, options.signal) };
      } finally {
        await reader.discard([staged]);
      }
    } finally {
      await rm(path, { force: true });
    }
  }

  async deliver(path: string, content: Uint8Array, signal?: AbortSignal): Promise<void> {
    const there = await this.zone.arrivals.head(path, signal);
    if (there?.size !== content.length) await this.zone.arrivals.put(path, content, signal);
  }

  async discard(files: readonly StagedFile[]): Promise<void> {
    await this.zone.staging.remove(files.flatMap(({ staged }) => Object.values(staged)));
  }

  /** Brings an object to this machine. What has changed since it was listed is told as the file that was listed, so that the reader refuses it. */
  private async fetch(
    { path: key, ...listed }: SourceFile,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<SourceFile> {
    const { arrivals } = this.zone;
    const head = await arrivals.head(key, signal);
    if (head === undefined) return { path: key, ...listed };
    await mkdir(dirname(path), { recursive: true });
    await arrivals.download(key, path, signal);
    const isListed = head.size === listed.bytes && head.modifiedAt === listed.modifiedAt;
    const { size, mtimeMs } = await stat(path);
    return isListed ? { path: key, bytes: size, modifiedAt: mtimeMs } : { path: key, ...listed };
  }

  private async share(local: StagedFile['staged'], signal: AbortSignal | undefined): Promise<StagedFile['staged']> {
    const share = async (path: string) => {
      const key = `${STAGED}/${basename(dirname(path))}/${basename(path)}`;
      await this.zone.staging.upload(path, key, signal);
      return key;
    };
    const { events, profiles, quarantine } = local;
    return { events: await share(events), profiles: await share(profiles), quarantine: await share(quarantine) };
  }
}
