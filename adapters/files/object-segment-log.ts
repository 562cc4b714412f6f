import { HubError } from '../../core/errors';
import type { ObjectStore } from '../../ports/object-store';
import type { OnSegment, SegmentLog } from '../../ports/segment-log';
import { segmentsFolder } from '../../schemas/source';
import { GroupCommit, PendingBytes } from './group-commit';
import { newSegmentName } from './segment-name';

export interface ObjectSegmentLogOptions {
  /** The landing zone's objects; closed with this. */
  readonly arrivals: Pick<ObjectStore, 'put' | 'close'>;
  readonly onSegment: OnSegment;
  /** How long lines are gathered before they are written: each object costs, and is a file that is read. */
  readonly gatherMs?: number;
  readonly mostPendingBytes?: number;
}

/** Segments where nothing can be appended to a file: each is written whole. */
export class ObjectSegmentLog implements SegmentLog {
  private readonly commits = new Map<string, GroupCommit>();
  private readonly pending: PendingBytes;

  constructor(private readonly options: ObjectSegmentLogOptions) {
    this.pending = new PendingBytes(options.mostPendingBytes ?? 64 * 1024 * 1024);
  }

  async append(source: string, lines: Buffer): Promise<void> {
    let commit = this.commits.get(source);
    if (commit === undefined) {
      const { gatherMs = 100 } = this.options;
      commit = new GroupCommit((content) => this.deliver(source, content), this.pending, gatherMs);
      this.commits.set(source, commit);
    }
    await commit.add(lines);
  }

  async close(): Promise<void> {
    await Promise.all([...this.commits.values()].map((commit) => commit.alone(async () => undefined)));
    await this.options.arrivals.close();
  }

  private async deliver(source: string, content: Buffer): Promise<void> {
    try {
      await this.options.arrivals.put(`${segmentsFolder(source)}${newSegmentName()}`, content);
    } catch (cause) {
      throw new HubError('LANDING_UNAVAILABLE', 'the landing zone cannot be written to', { retryable: true, cause });
    }
    this.options.onSegment(source);
  }
}
