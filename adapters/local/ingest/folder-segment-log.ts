import { mkdir, open, readFile, readdir, rename, rm, stat, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../../../core/errors';
import type { OnSegment, SegmentLog } from '../../../ports/segment-log';
import { segmentsFolder } from '../../../schemas/source';
import { GroupCommit, PendingBytes } from '../../files/group-commit';
import { newSegmentName } from '../../files/segment-name';
import { syncFolder } from '../folders';

export interface FolderSegmentLogOptions {
  readonly landingFolder: string;
  /** Whose segments there may be. */
  readonly sources: readonly string[];
  readonly onSegment: OnSegment;
  /** How old a segment becomes, and how large, before it is closed and can land. */
  readonly rollMs?: number;
  readonly rollBytes?: number;
  readonly mostPendingBytes?: number;
  /** After so long without a change a segment is nobody's any more: its process has gone. */
  readonly abandonedMs?: number;
}

const DEFAULTS = {
  rollMs: 1_000,
  rollBytes: 8 * 1024 * 1024,
  mostPendingBytes: 64 * 1024 * 1024,
  abandonedMs: 10_000,
};

/** Segments that are appended to, each write forced to the disk. An open one has a hidden name, below no pattern of files. */
export class FolderSegmentLog implements SegmentLog {
  private readonly options: FolderSegmentLogOptions & typeof DEFAULTS;
  private readonly pending: PendingBytes;
  private readonly segments = new Map<string, SourceSegments>();
  private readonly recovering: NodeJS.Timeout;
  private recovered: Promise<void> | undefined;

  constructor(options: FolderSegmentLogOptions) {
    this.options = { ...DEFAULTS, ...options };
    this.pending = new PendingBytes(this.options.mostPendingBytes);
    this.recovering = setInterval(() => void this.recover().catch(() => undefined), this.options.abandonedMs);
    this.recovering.unref();
  }

  async append(source: string, lines: Buffer): Promise<void> {
    await this.of(source).append(lines);
  }

  async close(): Promise<void> {
    clearInterval(this.recovering);
    await Promise.all([...this.segments.values()].map((segments) => segments.roll()));
  }

  /** Lets segments land whose process was killed. */
  recover(): Promise<void> {
    this.recovered ??= this.recoverAll().finally(() => (this.recovered = undefined));
    return this.recovered;
  }

  private async recoverAll(): Promise<void> {
    for (const source of this.options.sources) {
      const folder = join(this.options.landingFolder, segmentsFolder(source));
      const names = await readdir(folder).catch(() => []);
      for (const name of names.filter((each) => /^\.posted-.*\.ndjson$/.test(each))) {
        if (!(await this.isAbandoned(join(folder, name)))) continue;
        await release(folder, name.slice(1), !(await cutOffTail(join(folder, name))));
        this.options.onSegment(source);
      }
    }
  }

  /** Of two processes that look, one may have been faster. */
  private async isAbandoned(path: string): Promise<boolean> {
    const found = await stat(path).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs >= this.options.abandonedMs;
  }

  private of(source: string): SourceSegments {
    const own = this.segments.get(source) ?? new SourceSegments(source, this.options, this.pending);
    this.segments.set(source, own);
    return own;
  }
}

/** Lets a segment land, under a name that says so; an empty one is nothing. */
async function release(folder: string, name: string, isEmpty: boolean): Promise<void> {
  const path = join(folder, `.${name}`);
  await (isEmpty ? rm(path) : rename(path, join(folder, name)));
  await syncFolder(folder);
}

/** What nobody was told of yet, a line without its end, is cut off; whether there is anything else. */
async function cutOffTail(path: string): Promise<boolean> {
  const end = (await readFile(path)).lastIndexOf('\n') + 1;
  await truncate(path, end);
  return end > 0;
}

interface OpenSegment {
  readonly handle: FileHandle;
  /** Its name while it is open. */
  readonly path: string;
  readonly name: string;
  /** What was written for good. */
  bytes: number;
  rolling: NodeJS.Timeout;
}

/** The segments of one source, of which one at most is open. */
class SourceSegments {
  private readonly folder: string;
  private readonly commit: GroupCommit;
  private segment: OpenSegment | undefined;

  constructor(
    private readonly source: string,
    private readonly options: FolderSegmentLogOptions & typeof DEFAULTS,
    pending: PendingBytes,
  ) {
    this.folder = join(options.landingFolder, segmentsFolder(source));
    this.commit = new GroupCommit((lines) => this.write(lines), pending);
  }

  append(lines: Buffer): Promise<void> {
    return this.commit.add(lines);
  }

  roll(): Promise<void> {
    return this.commit.alone(() => this.endSegment());
  }

  private async write(lines: Buffer): Promise<void> {
    try {
      const segment = (this.segment ??= await this.beginSegment());
      await writeForGood(segment, lines);
      if (segment.bytes >= this.options.rollBytes) await this.endSegment();
    } catch (cause) {
      // What is in it for good lands; whatever else is wrong with it stays behind.
      await this.endSegment().catch(() => undefined);
      const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
      const why = isFull ? 'the disk of the landing folder is full' : 'the landing folder cannot be written to';
      throw new HubError('LANDING_UNAVAILABLE', why, { retryable: true, cause });
    }
  }

  private async beginSegment(): Promise<OpenSegment> {
    const name = newSegmentName();
    const path = join(this.folder, `.${name}`);
    await mkdir(this.folder, { recursive: true });
    const handle = await open(path, 'wx');
    await syncFolder(this.folder);
    const rolling = setTimeout(() => void this.roll().catch(() => undefined), this.options.rollMs);
    return { handle, path, name, bytes: 0, rolling };
  }

  private async endSegment(): Promise<void> {
    const { segment } = this;
    if (segment === undefined) return;
    this.segment = undefined;
    clearTimeout(segment.rolling);
    await segment.handle.truncate(segment.bytes).finally(() => segment.handle.close());
    await release(this.folder, segment.name, segment.bytes === 0);
    this.options.onSegment(this.source);
  }
}

async function writeForGood(segment: OpenSegment, lines: Buffer): Promise<void> {
  await segment.handle.appendFile(lines);
  await segment.handle.datasync();
  // Whoever took it for abandoned, as of a process that was stopped for long, may have read it before this.
  await stat(segment.path);
  segment.bytes += lines.length;
}
