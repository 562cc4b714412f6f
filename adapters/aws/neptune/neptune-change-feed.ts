import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from '../../../core/errors';
import type { GraphChange, GraphElement } from '../../../core/graph/elements';
import {
  elementChanges,
  wholeElement,
  type PartialElement,
  type StreamRecord,
} from '../../../core/graph/stream-changes';
import type { ChangeFeed, FeedPage, FeedPosition, ReadFeedOptions } from '../../../ports/change-feed';
import type { GraphStream } from './graph-stream';
import { isLoadMarker } from './load-marker';

/** Elements as the graph has them now, by their ids; those that are gone are left out. */
export type ReadElements = (
  kind: 'vertex' | 'edge',
  ids: readonly string[],
  signal?: AbortSignal,
) => Promise<GraphElement[]>;

export interface NeptuneFeedOptions {
  /** Which cluster's stream it is. */
  readonly log: string;
  /** Records that a request asks for, at most 100,000; Neptune ends an answer at 10 MB by itself. */
  readonly streamRecords: number;
}

/** How soon to look again at a stream that has nothing new, in milliseconds: every look is paid for. */
const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 400;

/** One transaction. */
interface Commit {
  readonly records: readonly StreamRecord[];
}

/** What is known after a read of the stream. */
interface Reading {
  readonly commits: readonly Commit[];
  /** Whether there was nothing after them. */
  readonly isAtEnd: boolean;
}

/**
 * Neptune Streams as a feed. Places are those of Neptune's records, always the last of a commit: a page has whole commits,
 * so that no element is told in halves, and may be longer than asked for by the rest of its last one.
 */
export class NeptuneChangeFeed implements ChangeFeed {
  /** The newest commit that the stream was seen to have: places up to it lie within the stream. */
  private seen = 0;

  constructor(
    private readonly stream: GraphStream,
    private readonly elements: ReadElements,
    private readonly options: NeptuneFeedOptions,
  ) {}

  async head(): Promise<FeedPosition> {
    const last = (await this.stream.last()) ?? { commitNum: 0, opNum: 0 };
    return this.placeOf(last);
  }

  /** Neptune keeps records by time, and for nobody in particular. */
  async retain(): Promise<void> {}

  async read({ after, limit, waitMs = 0, signal }: ReadFeedOptions): Promise<FeedPage> {
    if (after.log !== undefined && after.log !== this.options.log) throw ofOtherLog(after.log, this.options.log);
    const until = Date.now() + waitMs;
    let last = after;
    for (let look = FIRST_LOOK_MS; ; look = Math.min(look * 2, LONGEST_LOOK_MS)) {
      const reading = await this.readCommits(last, limit, signal);
      if (reading.commits.length === 0) await this.refuseBeyondEnd(last, signal);
      else {
        const page = await this.pageOf(reading, limit, signal);
        if (page.changes.length > 0 || page.behind > 0) return page;
        ({ last } = page);
      }
      if (Date.now() + look > until) return { changes: [], last, behind: 0 };
      await delay(look, undefined, { signal }).catch(() => undefined);
      if (signal?.aborted) return { changes: [], last, behind: 0 };
    }
  }

  /** Commits after a place until they have so many changes, or there are no more; the last one is whole, too. */
  private async readCommits(after: FeedPosition, limit: number, signal?: AbortSignal): Promise<Reading> {
    const commits: { records: StreamRecord[] }[] = [];
    let position = after;
    for (;;) {
      const records = await this.stream.after(position, this.options.streamRecords, signal);
      for (const record of records) {
        const open = commits.at(-1);
        if (open !== undefined && commitNumOf(open) === record.eventId.commitNum) open.records.push(record);
        else commits.push({ records: [record] });
      }
      const last = records.at(-1);
      // An answer may have less than was asked for, as at 10 MB: that there is no more only an empty one tells.
      if (last === undefined) return { commits, isAtEnd: true };
      position = this.placeOf(last.eventId);
      const whole = last.isLastOp === true ? commits : commits.slice(0, -1);
      if (changedBy(whole) >= limit) return { commits: whole, isAtEnd: false };
    }
  }

  private async pageOf({ commits, isAtEnd }: Reading, limit: number, signal?: AbortSignal): Promise<FeedPage> {
    let told = 0;
    for (let count = 0; told < commits.length && count < limit; told++) count += changedBy([commits[told]!]);
    const changes = await this.changesOf(commits.slice(0, told), signal);
    const last = this.placeOf(commits[told - 1]!.records.at(-1)!.eventId);
    const since = changes.length === 0 ? {} : { since: commits[0]!.records[0]!.commitTimestamp };
    const left = changedBy(commits.slice(told));
    return { changes, last, ...since, behind: left > 0 || isAtEnd ? left : await this.behind(last, signal) };
  }

  /** At least so many: a commit has one change or more. */
  private async behind({ commitNum }: FeedPosition, signal?: AbortSignal): Promise<number> {
    const last = await this.stream.last(signal);
    this.seen = Math.max(this.seen, last?.commitNum ?? 0);
    return Math.max(0, (last?.commitNum ?? 0) - commitNum);
  }

  private async changesOf(commits: readonly Commit[], signal?: AbortSignal): Promise<GraphChange[]> {
    const changed = commits
      .flatMap(({ records }) => elementChanges(records))
      .filter(({ removal, upsert }) => !isLoadMarker((removal ?? upsert)?.id ?? ''));
    const parts = changed.flatMap(({ upsert }) => (upsert === undefined || upsert.isWhole ? [] : [upsert]));
    const found = await this.find(parts, signal);
    return changed.flatMap(({ removal, upsert }) => {
      const element = upsert && wholeElement(upsert, found.get(nameOf(upsert)));
      return [...(removal === undefined ? [] : [removal]), ...(element === undefined ? [] : [element])];
    });
  }

  /** What the graph has of elements that the stream tells only some properties of. */
  private async find(parts: readonly PartialElement[], signal?: AbortSignal): Promise<Map<string, GraphElement>> {
    const found = new Map<string, GraphElement>();
    for (const kind of ['vertex', 'edge'] as const) {
      const ids = parts.filter((part) => part.kind === kind).map(({ id }) => id);
      for (const element of await this.elements(kind, ids, signal)) found.set(nameOf(element), element);
    }
    return found;
  }

  /** To Neptune, what lies beyond its end is as what has not come yet. */
  private async refuseBeyondEnd({ commitNum }: FeedPosition, signal?: AbortSignal): Promise<void> {
    if (commitNum <= this.seen) return;
    const last = await this.stream.last(signal);
    // Of a stream that nothing was written to for days nothing is left.
    if (last !== undefined && commitNum > last.commitNum) throw beyondEnd(commitNum, last.commitNum);
    this.seen = commitNum;
  }

  private placeOf({ commitNum, opNum }: Pick<FeedPosition, 'commitNum' | 'opNum'>): FeedPosition {
    this.seen = Math.max(this.seen, commitNum);
    return { commitNum, opNum, log: this.options.log };
  }
}

function nameOf({ kind, id }: Pick<PartialElement, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

function commitNumOf({ records }: Commit): number {
  return records[0]!.eventId.commitNum;
}

/** Elements that commits are about, the hub's own notes left out. */
function changedBy(commits: readonly Commit[]): number {
  const ids = commits.map(({ records }) => new Set(records.map(({ data }) => data.id)));
  return ids.reduce((sum, own) => sum + [...own].filter((id) => !isLoadMarker(id)).length, 0);
}

const AGAIN = 'compute milestones in full (hub run milestones --full), and follow from "now"';

function beyondEnd(commitNum: number, head: number): HubError {
  return new HubError(
    'FEED_POSITION_UNKNOWN',
    `the stream of Neptune ends with commit ${head}, and commit ${commitNum} was read already: the cluster was restored, or its stream switched off and on; ${AGAIN}`,
    { field: 'from' },
  );
}

function ofOtherLog(other: string, own: string): HubError {
  return new HubError(
    'FEED_POSITION_UNKNOWN',
    `the position is one of the changes of ${other}, and this graph is ${own}; ${AGAIN}`,
    { field: 'from' },
  );
}
