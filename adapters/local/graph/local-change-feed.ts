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

  /** @param settle brings the graph up to its log; returns the last commit it holds: another may be taken back */
  constructor(
    private readonly log: ChangeLog,
    private readonly settle: () => Promise<number>,
  ) {}

  async head(): Promise<FeedPosition> {
    return { commitNum: await this.settle(), opNum: Number.MAX_SAFE_INTEGER };
  }

  async read({ after, limit, waitMs = 0, signal }: ReadFeedOptions): Promise<FeedPage> {
    if (!(await this.awaitNews(after, waitMs, signal))) return { changes: [], last: after, behind: 0 };
    const settled = await this.settle();
    if (after.commitNum > settled) throw beyondEnd(after, settled);
    const reading = await this.take(after, settled);
    try {
      const { changes, ...since } = await nextOf(reading, limit);
      const isAtEnd = changes.length < limit;
      if (!isAtEnd) await this.giveBack(reading);
      const last = isAtEnd ? { commitNum: reading.until, opNum: Number.MAX_SAFE_INTEGER } : reading.position;
      return { changes, ...since, last, behind: isAtEnd ? 0 : Math.max(1, this.log.changesAfter(last.commitNum)) };
    } finally {
      if (this.reading !== reading) await reading.changes.return(undefined);
    }
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
    return { position: after, changes: changesAfter(this.log, after, until), waiting: [], until };
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
    reading.position = told.at(-1)?.position ?? reading.position;
  }
  return { changes, ...(since === undefined ? {} : { since }) };
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
