import { setTimeout as wait } from 'node:timers/promises';
import { HubError, messageOf } from '../core/errors';
import { lineOf, segmentName } from '../core/ingest/segment';
import {
  isRead,
  knownPlaces,
  placeOf,
  readableShards,
  type ShardPlace,
  type StreamPlaces,
} from '../core/ingest/stream-places';
import { businessDateOf } from '../core/nightly/business-date';
import type { EventStream, StreamShard, StreamStart } from '../ports/event-stream';
import type { LandingZone } from '../ports/landing-zone';
import type { HubSettings } from '../schemas/hub';
import { segmentsFolder, streamedAmong, type Source, type StreamedSource } from '../schemas/source';
import { cancellation, heartbeat, warn } from './context';
import { inLanes } from './lanes';

/** Opens the stream of a source that has one. */
export type OpenStream = (source: StreamedSource) => EventStream;

export interface StreamDependencies {
  readonly landingZone: Pick<LandingZone, 'deliver'>;
  readonly sources: readonly Source[];
  readonly settings: Pick<HubSettings, 'timezone'>;
  readonly openStream: OpenStream;
}

export interface PullInput {
  readonly source: string;
  readonly places: StreamPlaces;
  /** Whose places these are; left out where nothing was read yet, or by a release that did not ask. */
  readonly stream?: string;
  /** Epoch milliseconds at which the stream began to be followed. */
  readonly startedAt: number;
  /** How long something new is waited for. */
  readonly seconds: number;
}

export interface PulledStream {
  readonly places: StreamPlaces;
  /** Which stream they are of. */
  readonly stream: string;
  /** What whoever looks after the stream should know. */
  readonly note?: string;
  /** Files that were put into the landing zone. */
  readonly segments: number;
  readonly records: number;
  readonly behindMs: number;
  /** YYYY-MM-DD in the hub's zone. */
  readonly businessDate: string;
}

/** Of a shard at a time, at most about so many bytes are held, of so many shards at once. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
const LANES = 6;
/** How long records are gathered for one file once the first has come, where there are few. */
const GATHER_MS = 1_500;
const POLL_MS = 500;

export function createStreamActivities({ landingZone, sources, settings, openStream }: StreamDependencies) {
  return {
    /**
     * Reads what is new of a source's stream into files of the landing zone, and comes back when these are there for good, or
     * when nothing came for a while. Whoever asks again with the same places gets the same records. Places of a stream that was
     * there before under the same name mean nothing in this one: it is read from where it would be begun.
     *
     * @throws HubError SOURCE_UNKNOWN, SOURCE_HAS_NO_STREAM
     */
    async pullStream(input: PullInput): Promise<PulledStream> {
      const source = streamedSource(sources, input.source);
      const stream = openStream(source);
      try {
        const identity = await stream.identity(cancellation());
        const isAnew = input.stream !== undefined && input.stream !== identity;
        const pull = new StreamPull(stream, source, isAnew ? { ...input, places: {} } : input);
        await pull.gather(cancellation());
        const segments = await pull.deliver(landingZone, cancellation());
        await pull.tellStream(cancellation());
        return {
          ...pull.result(),
          stream: identity,
          ...(isAnew ? { note: noteOf(input.stream!, identity) } : {}),
          segments,
          businessDate: businessDateOf(Date.now(), settings.timezone),
        };
      } finally {
        await stream.close();
      }
    },
  };
}

/** What was read of a shard, and is in no file yet. */
interface Gathered {
  readonly first: string;
  last: string;
  readonly lines: string[];
  bytes: number;
}

class StreamPull {
  private places: Record<string, ShardPlace>;
  private readonly gathered = new Map<string, Gathered>();
  private readonly behind = new Map<string, number>();
  private readonly start: StreamStart;
  private records = 0;

  constructor(
    private readonly stream: EventStream,
    private readonly source: StreamedSource,
    private readonly input: PullInput,
  ) {
    this.places = { ...input.places };
    this.start = source.stream.from === 'newest' ? { since: input.startedAt } : 'oldest';
  }

  /** Reads shards until enough has come, or nothing for long enough. */
  async gather(signal: AbortSignal): Promise<void> {
    const until = Date.now() + this.input.seconds * 1_000;
    let gatherUntil = Infinity;
    for (;;) {
      const shards = await this.stream.shards(signal);
      this.places = { ...knownPlaces(shards, this.places) };
      const endedBefore = this.ended();
      await inLanes(readableShards(shards, this.places), LANES, (shard) => this.readShard(shard, signal));
      this.tell();
      if (this.records > 0) gatherUntil = Math.min(gatherUntil, Date.now() + GATHER_MS);
      // A shard that ended lets its children be read, which may have much to tell.
      if (this.ended() > endedBefore) continue;
      if (this.isAnyFull() || Date.now() >= Math.min(until, gatherUntil)) return;
      await wait(POLL_MS, undefined, { signal }).catch((error: unknown) => {
        throw new HubError('CANCELLED', 'following a stream was cancelled', { cause: error });
      });
    }
  }

  /** Puts what was gathered into the landing zone, a file a shard; how many there are. */
  async deliver(landingZone: Pick<LandingZone, 'deliver'>, signal: AbortSignal): Promise<number> {
    for (const [shard, { first, last, lines }] of this.gathered) {
      const path = `${segmentsFolder(this.source.name)}${segmentName(shard, first, last)}`;
      await landingZone.deliver(path, Buffer.from(lines.join('')), signal);
      this.tell();
    }
    return this.gathered.size;
  }

  /** How far it was read, which is for others: nothing depends on it. */
  async tellStream(signal: AbortSignal): Promise<void> {
    const places = [...this.gathered].map(([shard, { last }]) => [shard, last] as const);
    await this.stream.readUpTo(Object.fromEntries(places), signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      warn(`the stream of ${this.source.name} could not be told how far it was read: ${messageOf(error)}`);
    });
  }

  result(): Pick<PulledStream, 'places' | 'records' | 'behindMs'> {
    return { places: this.places, records: this.records, behindMs: Math.max(0, ...this.behind.values()) };
  }

  /** Up to the newest record of a shard, its end, or as much as a file may have. */
  private async readShard(shard: StreamShard, signal: AbortSignal): Promise<void> {
    if (this.isFull(shard.id)) return;
    for await (const page of this.stream.read(shard.id, placeOf(shard, this.places, this.start), signal)) {
      for (const { position, data } of page.records) this.keep(shard.id, position, data);
      this.behind.set(shard.id, page.behindMs);
      if (page.isEnd) this.places[shard.id] = { isRead: true };
      const isCaughtUp = page.records.length === 0 && page.behindMs === 0;
      if (isCaughtUp || this.isFull(shard.id)) return;
      this.tell();
    }
  }

  private keep(shard: string, position: string, data: Uint8Array): void {
    const line = `${lineOf(data)}\n`;
    const own = this.gathered.get(shard) ?? { first: position, last: position, lines: [], bytes: 0 };
    own.lines.push(line);
    own.last = position;
    own.bytes += line.length;
    this.gathered.set(shard, own);
    this.places[shard] = { position };
    this.records++;
  }

  /** Whether a file of the shard's records would be as large as one may be. */
  private isFull(shard: string): boolean {
    return (this.gathered.get(shard)?.bytes ?? 0) >= SEGMENT_BYTES;
  }

  private isAnyFull(): boolean {
    return [...this.gathered.keys()].some((shard) => this.isFull(shard));
  }

  private ended(): number {
    return Object.values(this.places).filter(isRead).length;
  }

  private tell(): void {
    heartbeat({ stage: 'stream', unit: 'records', done: this.records });
  }
}

function noteOf(former: string, stream: string): string {
  return `the stream was deleted and made anew: ${stream} is read from its beginning; what was not read of ${former} is gone`;
}

function streamedSource(sources: readonly Source[], name: string): StreamedSource {
  const among = streamedAmong(sources);
  const found = among.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const source = sources.find((candidate) => candidate.name === name);
  const streamed = among.map((candidate) => candidate.name);
  const known = streamed.length === 0 ? 'none has one' : `those that have are ${streamed.join(', ')}`;
  if (source === undefined)
    throw new HubError('SOURCE_UNKNOWN', `there is no source "${name}"; ${known}`, { field: 'source' });
  throw new HubError('SOURCE_HAS_NO_STREAM', `sources/${name}.yaml names no stream; ${known}`, { field: 'source' });
}
