import type { HubError } from '../../core/errors';
import type { SegmentLog } from '../../ports/segment-log';
import type { CloudEvent } from '../../schemas/cloud-event';
import type { Problem } from '../../schemas/issues';
import { postedAmong, type Source } from '../../schemas/source';

/** A clock that runs ahead by more is wrong; what it says would come before all that others say for as long. */
const MOST_AHEAD_MS = 24 * 3_600_000;

export interface CheckedEvents {
  /** Events by whose they are. */
  readonly bySource: ReadonlyMap<string, readonly CloudEvent[]>;
  readonly problems: readonly Problem[];
}

/** Takes events that are posted: for the sources whose they are, or not at all. */
export class PostedEvents {
  private readonly owners: readonly { readonly pattern: string; readonly source: string }[];

  constructor(
    sources: readonly Source[],
    private readonly log: SegmentLog,
  ) {
    this.owners = postedAmong(sources)
      .flatMap(({ name, stream }) => stream.cloudevents.map((pattern) => ({ pattern, source: name })))
      // What says more goes before.
      .sort((a, b) => weightOf(b.pattern) - weightOf(a.pattern));
  }

  /** Whose the events are, and what is wrong with them beside their form. */
  check(events: readonly CloudEvent[], now = Date.now()): CheckedEvents {
    const bySource = new Map<string, CloudEvent[]>();
    const problems: Problem[] = [];
    events.forEach((event, index) => {
      const field = (name: string) => (events.length === 1 ? name : `${index}.${name}`);
      const source = this.ownerOf(event.source);
      if (source === undefined) problems.push({ field: field('source'), message: this.unknown(event.source) });
      if (event.time !== undefined && Date.parse(event.time) > now + MOST_AHEAD_MS)
        problems.push({ field: field('time'), message: `expected no later than in a day, found ${event.time}` });
      if (source === undefined) return;
      const own = bySource.get(source);
      const timed = event.time === undefined ? ({ ...event, time: new Date(now).toISOString() } as CloudEvent) : event;
      if (own === undefined) bySource.set(source, [timed]);
      else own.push(timed);
    });
    return { bySource, problems };
  }

  /**
   * Keeps events; when this returns, for good.
   *
   * @throws HubError those of `SegmentLog.append`
   */
  async keep(bySource: CheckedEvents['bySource']): Promise<void> {
    const kept = [...bySource].map(([source, events]) => {
      const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
      return this.log.append(source, Buffer.from(lines));
    });
    // Nobody is told that all is well, or goes on, before each has ended.
    const failed = (await Promise.allSettled(kept)).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason as HubError;
  }

  private ownerOf(source: string): string | undefined {
    return this.owners.find(({ pattern }) =>
      pattern.endsWith('*') ? source.startsWith(pattern.slice(0, -1)) : source === pattern,
    )?.source;
  }

  private unknown(source: string): string {
    const known = this.owners.map(({ pattern }) => `"${pattern}"`);
    const there = known.length === 0 ? 'none' : known.join(', ');
    return `"${source}" is of none of the hub's sources: expected ${there} (stream.cloudevents in sources/*.yaml)`;
  }
}

/** The longest goes first, and before those that begin like it what is exactly it. */
function weightOf(pattern: string): number {
  return pattern.endsWith('*') ? pattern.length - 1 : pattern.length + 0.5;
}
