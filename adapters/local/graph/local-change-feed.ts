import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from '../../../core/errors';
import type { GraphChange } from '../../../core/graph/elements';
import type { ChangeFeed, FeedPage, FeedPosition, ReadFeedOptions } from '../../../ports/change-feed';
import type { ChangeLog, LoggedChange } from './change-log';

/** How often an idle log is looked at, in milliseconds. */
const LOOK_MS = 40;

/** A log that is being read, and how far it is read. */
interface OpenReading {
  position: FeedPosition;
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

  /** @param settle brings the graph up to its log: a commit that the graph refuses is taken back, and must not be told */
  constructor(
    private readonly log: ChangeLog,
    private readonly settle: () => Promise<void>,
  ) {}

  async head(): Promise<FeedPosition> {
    await this.settle();
    return { commitNum: this.log.head, opNum: Number.MAX_SAFE_INTEGER };
  }

  async read({ after, limit, waitMs = 0, signal }: ReadFeedOptions): Promise<FeedPage> {
    await this.awaitCommit(after, waitMs, signal);
    if (after.commitNum > this.log.head) throw beyondEnd(after, this.log.head);
    const reading = await this.open(after);
    const changes: GraphChange[] = [];
    while (changes.length < limit) {
      if (reading.waiting.length === 0) {
        const next = await reading.changes.next();
        if (next.done) break;
        reading.waiting = next.value;
      }
      const told = reading.waiting.slice(0, limit - changes.length);
      for (const { change } of told) changes.push(change);
      reading.waiting = reading.waiting.slice(told.length);
      reading.position = told.at(-1)?.position ?? reading.position;
    }
    const isAtEnd = changes.length < limit;
    if (isAtEnd) await this.close();
    const last = isAtEnd ? { commitNum: reading.until, opNum: Number.MAX_SAFE_INTEGER } : reading.position;
    return { changes, last, behind: isAtEnd ? 0 : Math.max(1, this.log.changesAfter(last.commitNum)) };
  }

  private async awaitCommit(after: FeedPosition, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const until = Date.now() + waitMs;
    const isNews = () => this.log.head > after.commitNum || after.opNum < Number.MAX_SAFE_INTEGER;
    await this.log.refresh();
    while (!isNews() && Date.now() < until && signal?.aborted !== true) {
      await delay(LOOK_MS);
      await this.log.refresh();
    }
    if (isNews()) await this.settle();
  }

  private async open(after: FeedPosition): Promise<OpenReading> {
    const { reading } = this;
    if (reading !== undefined && samePosition(reading.position, after)) return reading;
    await this.close();
    const until = this.log.head;
    return (this.reading = { position: after, changes: changesAfter(this.log, after, until), waiting: [], until });
  }

  private async close(): Promise<void> {
    const { reading } = this;
    this.reading = undefined;
    await reading?.changes.return(undefined);
  }
}

async function* changesAfter(log: ChangeLog, after: FeedPosition, until: number): AsyncGenerator<LoggedChange[]> {
  for (let commitNum = Math.max(1, after.commitNum); commitNum <= until; commitNum++) {
    for await (const changes of log.loggedChanges(commitNum)) {
      const news =
        commitNum > after.commitNum ? changes : changes.filter(({ position }) => position.opNum > after.opNum);
      if (news.length > 0) yield news;
    }
  }
}

function samePosition(a: FeedPosition, b: FeedPosition): boolean {
  return a.commitNum === b.commitNum && a.opNum === b.opNum;
}

function beyondEnd({ commitNum }: FeedPosition, head: number): HubError {
  return new HubError(
    'FEED_POSITION_UNKNOWN',
    `the graph's change log ends with commit ${head}, and commit ${commitNum} was read already: it is another log, perhaps restored from a backup; compute milestones and identities anew, and follow from "now"`,
    { field: 'from' },
  );
}
