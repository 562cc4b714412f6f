import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import fc from 'fast-check';
import { createStreamActivities, type PulledStream } from '../../activities/streams';
import type { StreamPlaces } from '../../core/ingest/stream-places';
import type { LandingZone } from '../../ports/landing-zone';
import { hubSchema } from '../../schemas/hub';
import { sourceSchema } from '../../schemas/source';
import { FileStaging } from '../../adapters/local/ingest/file-staging';
import { FolderLandingZone } from '../../adapters/local/ingest/folder-landing-zone';
import type { DuckDb } from '../../adapters/local/duckdb';
import { endingAt, ProcessEnded, type CutOff } from '../support/cut-off';
import { MemoryStream } from '../support/memory-stream';
import { propertyRuns } from '../support/property-runs';

const source = (from: 'oldest' | 'newest') =>
  sourceSchema.parse({
    name: 'bus',
    title: 'Event bus',
    stream: { kinesis: 'bus', from },
    events: { id: 'id', type: 't', channel: 'c', time: { column: 'at', zone: 'UTC' }, profile: 'p' },
  });

/** That activities fail here is meant, and no news. */
const QUIET = new DefaultLogger('ERROR');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-hub-stream-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A landing zone that tells what it was given, in its order. */
class Deliveries implements Pick<LandingZone, 'deliver'> {
  readonly paths: string[] = [];
  private readonly zone = new FolderLandingZone(folder, new FileStaging(join(folder, 'staging'), {} as DuckDb));

  async deliver(path: string, content: Uint8Array): Promise<void> {
    await this.zone.deliver(path, content);
    if (!this.paths.includes(path)) this.paths.push(path);
  }

  async lines(): Promise<string[]> {
    const files = await Promise.all(this.paths.map((path) => readFile(join(folder, path), 'utf8')));
    return files.flatMap((text) => text.split('\n').filter((line) => line !== ''));
  }
}

interface Pull {
  readonly places?: StreamPlaces;
  readonly stream?: string;
  readonly startedAt?: number;
  readonly from?: 'oldest' | 'newest';
  /** Where the process that pulls is killed, if it is. */
  readonly cut?: CutOff;
}

function pull(
  stream: MemoryStream,
  zone: Deliveries,
  { places = {}, stream: identity, startedAt = 0, from = 'oldest', cut }: Pull = {},
) {
  const killable = <T extends object>(engine: T) => (cut === undefined ? engine : endingAt(engine, cut));
  const { pullStream } = createStreamActivities({
    landingZone: killable(zone),
    sources: [source(from)],
    settings: hubSchema.parse({ name: 'test', timezone: 'Europe/Berlin' }),
    openStream: () => killable(stream),
  });
  const input = {
    source: 'bus',
    places,
    ...(identity === undefined ? {} : { stream: identity }),
    startedAt,
    seconds: 0,
  };
  return new MockActivityEnvironment(undefined, { logger: QUIET }).run(pullStream, input) as Promise<PulledStream>;
}

it('reads what is new into a file a shard, and goes on behind it', async () => {
  const [stream, zone] = [new MemoryStream(), new Deliveries()];
  await stream.put(0, '{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}');
  const first = await pull(stream, zone);
  expect(first).toMatchObject({ records: 4, segments: 1, behindMs: 0 });
  expect(zone.paths).toEqual(['streams/bus/shard-0-1-4.ndjson']);
  await stream.put(0, '{"n":5}');
  const second = await pull(stream, zone, first);
  expect(second).toMatchObject({ records: 1, segments: 1 });
  expect(await pull(stream, zone, second)).toMatchObject({ records: 0, segments: 0, places: second.places });
  expect(await zone.lines()).toEqual([1, 2, 3, 4, 5].map((n) => `{"n":${n}}`));
});

it('begins with what comes next where that is wanted, and leaves nothing out when a shard is split then', async () => {
  const [stream, zone] = [new MemoryStream(), new Deliveries()];
  await stream.put(0, '"old"');
  const startedAt = Date.now() + 60_000;
  const first = await pull(stream, zone, { from: 'newest', startedAt });
  expect(first.records).toBe(0);
  await stream.split('shard-0');
  await stream.put(0, '"new"');
  await pull(stream, zone, { ...first, from: 'newest', startedAt });
  expect(await zone.lines()).toEqual(['"new"']);
});

it('forgets where it was in shards that the stream has forgotten', async () => {
  const [stream, zone] = [new MemoryStream(), new Deliveries()];
  await stream.put(0, '1');
  await stream.split('shard-0');
  const { places } = await pull(stream, zone);
  expect(Object.keys(places)).toContain('shard-0');
  stream.forget('shard-0');
  expect(Object.keys((await pull(stream, zone, { places })).places)).not.toContain('shard-0');
});

it.each(['oldest', 'newest'] as const)(
  'reads a stream that was deleted and made anew from its beginning, and says so once, from %s',
  async (from) => {
    const [former, anew, zone] = [new MemoryStream(), new MemoryStream('second'), new Deliveries()];
    await former.put(0, '"a"', '"b"', '"c"');
    const first = await pull(former, zone, { from });
    expect(first).toMatchObject({ records: 3, stream: 'first' });
    expect(first.note).toBeUndefined();
    // Positions begin again: by those of the former, all of these would be passed over.
    await anew.put(0, '"d"', '"e"');
    const second = await pull(anew, zone, { ...first, from });
    expect(second).toMatchObject({ records: 2, stream: 'second', note: expect.stringContaining('made anew') });
    expect(await zone.lines()).toEqual(['"a"', '"b"', '"c"', '"d"', '"e"']);
    const third = await pull(anew, zone, { ...second, from });
    expect(third).toMatchObject({ records: 0, places: second.places });
    expect(third.note).toBeUndefined();
  },
);

it('keeps the places of a release that did not ask which stream it is', async () => {
  const [stream, zone] = [new MemoryStream('second'), new Deliveries()];
  await stream.put(0, '1', '2');
  const { places } = await pull(stream, zone);
  expect(await pull(stream, zone, { places })).toMatchObject({ records: 0, places, stream: 'second' });
});

it('names the sources that have streams when asked for one that has none', async () => {
  const { pullStream } = createStreamActivities({
    landingZone: new Deliveries(),
    sources: [source('oldest')],
    settings: hubSchema.parse({ name: 'test', timezone: 'Europe/Berlin' }),
    openStream: () => new MemoryStream(),
  });
  const input = { source: 'buss', places: {}, startedAt: 0, seconds: 0 };
  await expect(new MockActivityEnvironment(undefined, { logger: QUIET }).run(pullStream, input)).rejects.toMatchObject({
    code: 'SOURCE_UNKNOWN',
    message: 'there is no source "buss"; those that have are bus',
  });
});

/** What goes on with a stream: records of a key, a split, or a pull that may be killed at one of its calls. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ put: fc.constantFrom(0, 255), count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ split: fc.nat(7) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      cut: fc.option(fc.record({ calls: fc.integer({ min: 1, max: 6 }), afterEffect: fc.boolean() }), {
        nil: undefined,
      }),
    }),
  },
);

it('whatever is split and wherever it is killed, every record is delivered, in the order of its key', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
      await rm(folder, { recursive: true, force: true });
      const [stream, zone] = [new MemoryStream(), new Deliveries()];
      const sent: { key: number; n: number }[] = [];
      let places: StreamPlaces = {};
      const goOn = async (cut?: CutOff) => {
        const pulled = await pull(stream, zone, { places, ...(cut === undefined ? {} : { cut }) }).catch(
          (error: unknown) => {
            if (error instanceof ProcessEnded) return undefined;
            throw error;
          },
        );
        places = pulled?.places ?? places;
      };
      for (const what of happenings) {
        if ('split' in what) await stream.split(stream.open()[what.split % stream.open().length]!);
        else if ('cut' in what) await goOn(what.cut && { ...what.cut });
        else {
          const records = Array.from({ length: what.count }, (_, index) => ({ key: what.put, n: sent.length + index }));
          sent.push(...records);
          await stream.put(what.put, ...records.map((record) => JSON.stringify(record)));
        }
      }
      await goOn();
      const delivered = [...new Set(await zone.lines())].map((line) => JSON.parse(line) as (typeof sent)[number]);
      const byKey = (records: typeof sent) => [...records].sort((one, other) => one.key - other.key);
      expect(byKey(delivered)).toEqual(byKey(sent));
    }),
    propertyRuns(60),
  );
});
