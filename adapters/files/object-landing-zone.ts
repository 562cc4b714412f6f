import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fixedStart, matchesFilePattern } from '../../core/ingest/file-pattern';
import { refuseChanged } from '../../core/ingest/listed-file';
import type { LandingZone, SourceFile, StagedFile, StageOptions } from '../../ports/landing-zone';
import type { ObjectStore } from '../../ports/object-store';
import type { Source } from '../../schemas/source';

/** Reads files of this machine. */
export interface FileStager extends Pick<LandingZone, 'discard' | 'sweep'> {
  stage(source: Source, file: SourceFile, path: string, options: StageOptions): Promise<StagedFile>;
}

export interface ObjectLandingZoneOptions {
  /** Where exports arrive. */
  readonly arrivals: ObjectStore;
  /** Where staged files wait to land: whichever worker lands them finds them there. */
  readonly staging: ObjectStore;
  /** Of this machine, where what is under way lies; `stager` has the same, and sweeps it. */
  readonly folder: string;
  readonly stager: FileStager;
}

const STAGED = 'staged';
const FETCHED = 'fetched';

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
    const { stager, folder } = this.zone;
    const path = join(folder, `${FETCHED}-${randomUUID()}`);
    try {
      const fetched = await this.fetch(file, path, options.signal);
      const staged = await stager.stage(source, fetched, path, options);
      try {
        return { ...staged, ...file, staged: await this.share(staged.staged, options.signal) };
      } finally {
        await stager.discard([staged]);
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

  async sweep(before: number): Promise<void> {
    await this.zone.stager.sweep(before);
    const { staging } = this.zone;
    const old = async function* () {
      for await (const { key, modifiedAt } of staging.list(`${STAGED}/`)) if (modifiedAt < before) yield key;
    };
    await staging.remove(old());
  }

  /** Brings an object to this machine, as the file that lies there then. */
  private async fetch(file: SourceFile, path: string, signal: AbortSignal | undefined): Promise<SourceFile> {
    const { arrivals, folder } = this.zone;
    await mkdir(folder, { recursive: true });
    const refuseIfChanged = async () => {
      const head = await arrivals.head(file.path, signal);
      refuseChanged(file, head && { bytes: head.size, modifiedAt: head.modifiedAt });
    };
    await refuseIfChanged();
    await arrivals.download(file.path, path, signal);
    await refuseIfChanged();
    const { size, mtimeMs } = await stat(path);
    return { path: file.path, bytes: size, modifiedAt: mtimeMs };
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
