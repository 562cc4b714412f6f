import { ChangeLog } from './change-log';
import { Followers } from './followers';
import { Snapshots } from './snapshot';

/** A new snapshot is due when a restore would replay more than this share of the old one. */
const REPLAY_SHARE = 0.25;
/** A commit is replayed by requests of its own, which take as long as so many changes. */
const COMMIT_COSTS = 50;

/** What is kept of a graph on disk: what was changed, snapshots that shorten a restore, and who has read how far. */
export class GraphFolder {
  private constructor(
    readonly log: ChangeLog,
    readonly snapshots: Snapshots,
    readonly followers: Followers,
  ) {}

  static async open(dir: string): Promise<GraphFolder> {
    const log = await ChangeLog.open(dir);
    return new GraphFolder(log, await Snapshots.open(dir, log.scratch), await Followers.open(dir));
  }

  /** @param least changes that a restore may replay in any case */
  async isSnapshotDue(least: number): Promise<boolean> {
    const { head } = this.log;
    const last = (await this.snapshots.upTo(head))[0]?.commitNum ?? 0;
    const replay = this.log.changesAfter(last) + COMMIT_COSTS * (head - last);
    return replay >= Math.max(least, this.log.sizeAt(last) * REPLAY_SHARE);
  }

  /**
   * Takes away of the log what the snapshot before the newest covers, should that be damaged, and nobody has still to read.
   *
   * @param size what a restore reads, in changes
   */
  async compact(size: number): Promise<void> {
    const covered = (await this.snapshots.upTo(this.log.head)).at(-1)?.commitNum ?? 0;
    const through = Math.min(covered, await this.followers.doneBy(Date.now()));
    if (through > this.log.compacted) await this.log.compact(through, size);
  }
}
