import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkChange } from '../../../core/graph/changes';
import type { GraphChange } from '../../../core/graph/elements';
import { PgJsonReader, PgJsonWriter } from '../../../core/graph/pg-json';
import type { PgJsonRecord } from '../../../core/graph/pg-json';
import { EMPTY_BASE, readLogBase, writeLogBase, type LoadProgress, type LogBase } from './log-base';
import { logFolder, segmentPath, segmentsOf } from './log-folder';
import { SegmentWriter, readCommitInfo, readSegment, syncFolder } from './segment';
import type { CommitInfo } from './segment';

/** Scratch files older than this belong to a process that is gone, in milliseconds. */
const SCRATCH_AGE_MS = 24 * 60 * 60 * 1000;

/** A change, and where its last record is. */
export interface LoggedChange {
  readonly change: GraphChange;
  readonly position: { readonly commitNum: number; readonly opNum: number };
  /** When its commit was made, in epoch milliseconds. */
  readonly madeAt: number;
  /** How many changes of its commit come after it. */
  readonly left: number;
}

/**
 * The durable record of a graph: one commit is one numbered gzip file of PG_JSON lines. A file gets its number by
 * `link`, which fails when the number is taken: a commit is there whole or not at all, and two writers cannot both win.
 * What snapshots cover may be compacted away.
 */
export class ChangeLog {
  private readonly loads = new Map<string, LoadProgress>();
  /** Commits before those that the log still has. */
  private base: LogBase = EMPTY_BASE;
  private infos: CommitInfo[] = [];

  private constructor(
    /** Tells this log's graph from others. */
    readonly id: string,
    private readonly dir: string,
    private readonly folder: string,
    /** A folder of the same file system for files that are being written. */
    readonly scratch: string,
  ) {}

  static async open(dir: string): Promise<ChangeLog> {
    const folder = logFolder(dir);
    const scratch = join(dir, 'scratch');
    await mkdir(folder, { recursive: true });
    await mkdir(scratch, { recursive: true });
    await sweep(scratch);
    const log = new ChangeLog(await identify(dir, scratch), dir, folder, scratch);
    await log.readAgain();
    await log.refresh();
    return log;
  }

  /** The last commit's number; 0 for an empty log. */
  get head(): number {
    return this.base.commitNum + this.infos.length;
  }

  /** The last commit that was compacted away; 0 while all are there. */
  get compacted(): number {
    return this.base.commitNum;
  }

  /** The load that made the last commit. */
  get headKey(): string | undefined {
    return this.infos.at(-1)?.key;
  }

  /** How many changes came with the commits after the given one, of those that the log still has. */
  changesAfter(commitNum: number): number {
    return changesOf(this.infos.slice(Math.max(0, commitNum - this.compacted)));
  }

  /** What it takes to restore the graph as it was after a commit, in changes. */
  sizeAt(commitNum: number): number {
    return this.base.changes + changesOf(this.infos.slice(0, Math.max(0, commitNum - this.compacted)));
  }

  progressOf(key: string): LoadProgress | undefined {
    return this.loads.get(key);
  }

  /** Takes notice of what other processes committed or took back. */
  async refresh(): Promise<void> {
    if (this.infos.length > 0 && !(await exists(this.segmentPath(this.head)))) await this.readAgain();
    for (;;) {
      const path = this.segmentPath(this.head + 1);
      if (!(await exists(path))) return;
      const info = await readCommitInfo(path).catch(async (error: unknown) => {
        // Taken back in between by its writer, whom the graph refused.
        if (await exists(path)) throw error;
      });
      if (info === undefined) return;
      this.remember(info);
    }
  }

  begin(key: string): CommitWriter {
    return new CommitWriter(new SegmentWriter(join(this.scratch, `${randomUUID()}.gz`), key), this.head + 1, key);
  }

  /** Makes a commit durable. Throws `GRAPH_CONFLICT` (retryable) when another writer was first. */
  async publish(commit: CommitWriter, progress: LoadProgress): Promise<void> {
    const info = await commit.finish(progress);
    await commit.segment.publish(this.segmentPath(info.commitNum), this.folder);
    this.remember(info);
  }

  /** Takes the last commit back, which the graph refused and nobody was told of. */
  async retract(): Promise<void> {
    await rm(this.segmentPath(this.head), { force: true });
    await syncFolder(this.folder);
    this.beginWith(this.base, this.infos.slice(0, -1));
  }

  /**
   * Takes the commits up to one away, which snapshots cover. That they are gone is written down first: where this is cut
   * off, segments are left over that nobody reads, and the next compaction takes them away.
   *
   * @param size what a restore from the snapshots reads, in changes
   */
  async compact(through: number, size: number): Promise<void> {
    const gone = this.infos.slice(0, through - this.compacted);
    const loads = new Map(this.base.loads);
    for (const info of gone) if (!isOnce(info.key)) loads.set(info.key, progressOf(info));
    this.beginWith({ commitNum: through, changes: size, loads }, this.infos.slice(gone.length));
    await writeLogBase(this.dir, this.base);
    for (const commitNum of await segmentsOf(this.folder)) {
      if (commitNum <= through) await rm(this.segmentPath(commitNum), { force: true });
    }
  }

  /** The changes of a commit, some thousand at a time. */
  async *changes(commitNum: number): AsyncGenerator<GraphChange[]> {
    for await (const logged of this.loggedChanges(commitNum)) yield logged.map(({ change }) => change);
  }

  /** The changes of a commit with the place of each one's last record, some thousand at a time. */
  async *loggedChanges(commitNum: number): AsyncGenerator<LoggedChange[]> {
    const reader = new PgJsonReader();
    let opNum = 0;
    let madeAt = 0;
    let left = this.infos[commitNum - this.compacted - 1]!.changes;
    const at = (change: GraphChange): LoggedChange => ({
      change,
      position: { commitNum, opNum },
      madeAt,
      left: --left,
    });
    for await (const lines of readSegment(this.segmentPath(commitNum))) {
      const logged: LoggedChange[] = [];
      for (const line of lines) {
        const record = JSON.parse(line) as PgJsonRecord;
        // A record may end the change before it, so that its own place comes after.
        for (const change of reader.add(record)) logged.push(at(change));
        opNum = record.eventId.opNum;
        madeAt = record.commitTimestamp;
      }
      if (logged.length > 0) yield logged;
    }
    const last = reader.finish().map(at);
    if (last.length > 0) yield last;
  }

  private segmentPath(commitNum: number): string {
    return segmentPath(this.folder, commitNum);
  }

  private remember(info: CommitInfo): void {
    // A refresh may have seen a commit of this process before `publish` came back.
    if (info.commitNum <= this.head) return;
    this.infos.push(info);
    this.loads.set(info.key, progressOf(info));
  }

  /** Begins as one that was just opened does. */
  private async readAgain(): Promise<void> {
    this.beginWith(await readLogBase(this.dir), []);
  }

  private beginWith(base: LogBase, commits: readonly CommitInfo[]): void {
    this.base = base;
    this.infos = [];
    this.loads.clear();
    for (const [key, progress] of base.loads) this.loads.set(key, progress);
    for (const info of commits) this.remember(info);
  }
}

function progressOf({ done, finished }: CommitInfo): LoadProgress {
  return { done, finished };
}

function changesOf(infos: readonly CommitInfo[]): number {
  return infos.reduce((sum, info) => sum + info.changes, 0);
}

const ONCE = 'once:';

/** The key of a load that is never asked for again, so that nobody need remember it. */
export function onceKey(): string {
  return `${ONCE}${randomUUID()}`;
}

function isOnce(key: string): boolean {
  return key.startsWith(ONCE);
}

/** One commit being written. */
export class CommitWriter {
  private readonly records: PgJsonWriter;
  private count = 0;

  constructor(
    readonly segment: SegmentWriter,
    readonly commitNum: number,
    private readonly key: string,
  ) {
    this.records = new PgJsonWriter(commitNum, Date.now());
  }

  get changes(): number {
    return this.count;
  }

  /** Adds changes; resolves when there is room for more. Throws `GRAPH_LOAD_FAILED` for what no graph can hold. */
  async add(changes: readonly GraphChange[]): Promise<void> {
    let text = '';
    for (const change of changes) {
      checkChange(change);
      text += this.records.add(change);
    }
    this.count += changes.length;
    await this.segment.append(text);
  }

  async finish({ done, finished }: LoadProgress): Promise<CommitInfo> {
    await this.segment.append(this.records.finish());
    const info = { commitNum: this.commitNum, key: this.key, done, changes: this.count, finished };
    await this.segment.finish(info);
    return info;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** The log's identity, made by the first process that opens it. */
async function identify(dir: string, scratch: string): Promise<string> {
  const path = join(dir, 'graph-id');
  const proposal = join(scratch, randomUUID());
  await writeFile(proposal, randomUUID());
  await link(proposal, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(proposal);
  return (await readFile(path, 'utf8')).trim();
}

async function sweep(scratch: string): Promise<void> {
  for (const name of await readdir(scratch)) {
    const path = join(scratch, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > SCRATCH_AGE_MS) await rm(path, { force: true });
  }
}
