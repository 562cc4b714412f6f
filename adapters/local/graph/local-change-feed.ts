import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from '../../../core/errors';
import type { GraphChange } from '../../../core/graph/elements';
import type { ChangeFeed, FeedPage, FeedPosition, ReadFeedOptions } from '../../../ports/change-feed';
import type { ChangeLog, LoggedChange } from './change-log';
import type { Followers } from './followers';

/** How often an idle log is looked at, in milliseconds. */
const LOOK_MS = 40;

/** A log that is being read, and how far it is read. */
interface OpenReading {
  position: FeedPosition;
  /** Changes of the commit that it is in that come after it. */
  left: number;
  readonly changes: AsyncGenerator<LoggedChange[]>;
  /** Read and not yet told. */
  waiting: readonly LoggedChange[];
  readonly until: number;
}

/**
 * The change log as a feed. A commit of a million changes is read once, however many pages it is told in: the place
 * where the last page ended is kept open.
 */
export class LocalChangeFeed implements ChangeFeed {
  private reading: OpenReading | undefined;

  /** @param settle brings the graph up to its log; returns the last commit it holds: another may be taken back */
  constructor(
    private readonly log: ChangeLog,
    private readonly followers: Followers,
    private readonly settle: () => Promise<number>,
  ) {}

  async head(): Promise<FeedPosition> {
    return this.endOf(await this.settle());
  }

  async retain(follower: string, after: FeedPosition): Promise<void> {
    await this.followers.note(follower, after);
  }

  async read({ after, limit, waitMs = 0, signal }: ReadFeedOptions): Promise<FeedPage> {
    this.refuseOthers(after);
    if (!(await this.awaitNews(after, waitMs, signal))) return { changes: [], last: after, behind: 0 };
    const settled = await this.settle();
    if (after.commitNum > settled) throw beyondEnd(after, settled);
    const reading = await this.take(after, settled);
    try {
      const { changes, ...since } = await nextOf(reading, limit);
      const isAtEnd = changes.length < limit;
      if (!isAtEnd) await this.giveBack(reading);
      const last = isAtEnd ? this.endOf(reading.until) : { ...reading.position, log: this.log.id };
      return { changes, ...since, last, behind: isAtEnd ? 0 : this.behind(reading) };
    } finally {
      if (this.reading !== reading) await reading.changes.return(undefined);
    }
  }

  private endOf(commitNum: number): FeedPosition {
    return { commitNum, opNum: Number.MAX_SAFE_INTEGER, log: this.log.id };
  }

  /** At least one: whether there is more is not known before it was read. */
  private behind({ position, left }: OpenReading): number {
    return Math.max(1, left + this.log.changesAfter(position.commitNum));
  }

  private refuseOthers(after: FeedPosition): void {
    if (after.log !== undefined && after.log !== this.log.id) throw ofOtherLog(after.log, this.log.id);
    const { compacted } = this.log;
    const next = isWholeCommit(after) ? after.commitNum + 1 : after.commitNum;
    if (compacted > 0 && next <= compacted) throw expired(after, compacted);
  }

  private async awaitNews(after: FeedPosition, waitMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    const until = Date.now() + waitMs;
    const isNews = () => this.log.head !== after.commitNum || after.opNum < Number.MAX_SAFE_INTEGER;
    await this.log.refresh();
    while (!isNews() && Date.now() < until && signal?.aborted !== true) {
      await delay(LOOK_MS);
      await this.log.refresh();
    }
    return isNews();
  }

  /** The reading that ended there, or a new one. Whoever has it is the only one to read on from it. */
  private async take(after: FeedPosition, until: number): Promise<OpenReading> {
    const { reading } = this;
    this.reading = undefined;
    if (reading !== undefined && samePosition(reading.position, after)) return reading;
    await reading?.changes.return(undefined);
    return { position: after, left: 0, changes: changesAfter(this.log, after, until), waiting: [], until };
  }

  private async giveBack(reading: OpenReading): Promise<void> {
    const other = this.reading;
    this.reading = reading;
    await other?.changes.return(undefined);
  }
}

/** So many changes, or what there is; moves the place on. */
async function nextOf(
  reading: OpenReading,
  limit: number,
): Promise<{ readonly changes: GraphChange[]; readonly since?: number }> {
  const changes: GraphChange[] = [];
  let since: number | undefined;
  while (changes.length < limit) {
    if (reading.waiting.length === 0) {
      const next = await reading.changes.next();
      if (next.done) break;
      reading.waiting = next.value;
    }
    const told = reading.waiting.slice(0, limit - changes.length);
    since ??= told[0]?.madeAt;
    for (const { change } of told) changes.push(change);
    reading.waiting = reading.waiting.slice(told.length);
    const last = told.at(-1);
    if (last !== undefined) ({ position: reading.position, left: reading.left } = last);
  }
  return { changes, ...(since === undefined ? {} : { since }) };
}

async function* changesAfter(log: ChangeLog, after: FeedPosition, until: number): AsyncGenerator<LoggedChange[]> {
  const first = isWholeCommit(after) ? after.commitNum + 1 : after.commitNum;
  for (let commitNum = Math.max(1, first); commitNum <= until; commitNum++) {
    for await (const changes of log.loggedChanges(commitNum)) {
      const news =
        commitNum > after.commitNum ? changes : changes.filter(({ position }) => position.opNum > after.opNum);
      if (news.length > 0) yield news;
    }
  }
}

function isWholeCommit({ opNum }: FeedPosition): boolean {
  return opNum === Number.MAX_SAFE_INTEGER;
}

function samePosition(a: FeedPosition, b: FeedPosition): boolean {
  return a.commitNum === b.commitNum && a.opNum === b.opNum;
}

const AGAIN = 'compute milestones in full (hub run milestones --full), and follow from "now"';

function beyondEnd({ commitNum }: FeedPosition, head: number): HubError {
  return new HubError(
    'FEED_POSITION_UNKNOWN',
    `the graph's change log ends with commit ${head}, and commit ${commitNum} was read already: it was restored from a backup; ${AGAIN}`,
    { field: 'from' },
  );
}

function ofOtherLog(other: string, own: string): HubError {
  return new HubError(
    'FEED_POSITION_UNKNOWN',
    `the position is one of the change log ${other}, and this graph's is ${own}; ${AGAIN}`,
    { field: 'from' },
  );
}

function expired({ commitNum }: FeedPosition, compacted: number): HubError {
  return new HubError(
    'FEED_POSITION_EXPIRED',
    `what was changed after commit ${commitNum} is not in the graph's change log any more, which begins after commit ${compacted}; ${AGAIN}`,
    { field: 'from' },
  );
}
