import type { HubError } from '../../core/errors';
import type { EventStream, StreamRecord } from '../../ports/event-stream';

/** A stream with its means to be written and taken apart, as its service has them. */
export interface StreamUnderTest {
  readonly stream: EventStream;
  /** Writes records of one key, in this order. */
  put(key: string, ...data: readonly string[]): Promise<void>;
  /** Adds to the shards: closes one, and opens two that go on from it; or opens another one where none ever ends. */
  split(shard: string): Promise<void>;
  close(): Promise<void>;
}

export const textOf = ({ data }: StreamRecord) => Buffer.from(data).toString('utf8');

/** Epoch milliseconds, later than all that was done before. */
function nextMillisecond(): number {
  const before = Date.now();
  while (Date.now() === before);
  return Date.now();
}

/** The records of a shard up to its newest, or its end. */
export async function readAll(
  stream: EventStream,
  shard: string,
  after: Parameters<EventStream['read']>[1] = 'oldest',
): Promise<{ records: StreamRecord[]; pages: number; isEnd: boolean }> {
  const records: StreamRecord[] = [];
  let pages = 0;
  for await (const page of stream.read(shard, after, AbortSignal.timeout(20_000))) {
    records.push(...page.records);
    if (page.records.length > 0) pages++;
    if (page.isEnd) return { records, pages, isEnd: true };
    if (page.records.length === 0 && page.behindMs === 0) break;
  }
  return { records, pages, isEnd: false };
}

/**
 * What every stream must do. Pages of the stream under test have three records at most.
 *
 * @param shards whether they end when they are split, or never do
 */
export function eventStreamContract(
  name: string,
  open: () => Promise<StreamUnderTest>,
  shards: 'end' | 'never end' = 'end',
): void {
  describe(`an event stream of ${name}`, () => {
    let opened: StreamUnderTest;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const onlyShard = async () => (await opened.stream.shards())[0]!.id;

    it('is the same one whenever it is asked, however its shards are split', async () => {
      const identity = await opened.stream.identity();
      await opened.split(await onlyShard());
      expect(await opened.stream.identity()).toBe(identity);
    });

    it('gives the records of a shard in their order, over many pages', async () => {
      const sent = Array.from({ length: 11 }, (_, index) => `{"n":${index},"name":"Zoë 🛰\\u0000'; --"}`);
      await opened.put('a key', ...sent);
      const { records, pages } = await readAll(opened.stream, await onlyShard());
      expect(records.map(textOf)).toEqual(sent);
      expect(pages).toBeGreaterThan(3);
    });

    it('goes on behind any record, and gives the same when asked again', async () => {
      await opened.put('k', 'a', 'b', 'c', 'd', 'e');
      const shard = await onlyShard();
      const { records } = await readAll(opened.stream, shard);
      for (const [index, { position }] of records.entries()) {
        const rest = await readAll(opened.stream, shard, { position });
        expect(rest.records.map(textOf)).toEqual(['a', 'b', 'c', 'd', 'e'].slice(index + 1));
      }
      expect((await readAll(opened.stream, shard)).records).toEqual(records);
    });

    it('tells what comes while it is read', async () => {
      const seen: string[] = [];
      for await (const { records } of opened.stream.read(await onlyShard(), 'oldest', AbortSignal.timeout(20_000))) {
        seen.push(...records.map(textOf));
        if (seen.length === 2) break;
        if (records.length === 0) await opened.put('k', `${seen.length}`);
      }
      expect(seen).toEqual(['0', '1']);
    });

    it('keeps bytes that are no text as they are', async () => {
      await opened.put('k', '');
      const { records } = await readAll(opened.stream, await onlyShard());
      expect(records.map(({ data }) => data.length)).toEqual([0]);
    });

    it('takes what it is told of how far it was read, and goes on by what it is asked alone', async () => {
      await opened.put('k', 'a', 'b', 'c');
      const shard = await onlyShard();
      const { records } = await readAll(opened.stream, shard);
      await opened.stream.readUpTo({ [shard]: records[1]!.position });
      await opened.stream.readUpTo({});
      expect((await readAll(opened.stream, shard)).records).toEqual(records);
    });

    it('begins with what came from a time on', async () => {
      await opened.put('k', 'before');
      const shard = await onlyShard();
      const since = nextMillisecond();
      expect((await readAll(opened.stream, shard, { since })).records).toEqual([]);
      await opened.put('k', 'after');
      expect((await readAll(opened.stream, shard, { since })).records.map(textOf)).toEqual(['after']);
    });

    (shards === 'end' ? it : it.skip)(
      'ends a shard that was split, and names it as the parent of those that go on from it',
      async () => {
        const parent = await onlyShard();
        await opened.put('k', 'before');
        await opened.split(parent);
        await opened.put('k', 'after');
        const shards = await opened.stream.shards();
        const children = shards.filter(({ parents }) => parents.includes(parent));
        expect(children).toHaveLength(2);
        const read = await readAll(opened.stream, parent);
        expect(read.records.map(textOf)).toEqual(['before']);
        expect(read.isEnd).toBe(true);
        const behind = await Promise.all(children.map(({ id }) => readAll(opened.stream, id)));
        expect(behind.flatMap(({ records }) => records).map(textOf)).toEqual(['after']);
      },
    );

    it('stops when it is told to', async () => {
      const stopping = new AbortController();
      const read = async () => {
        for await (const { isEnd } of opened.stream.read(await onlyShard(), 'oldest', stopping.signal)) {
          expect(isEnd).toBe(false);
          stopping.abort();
        }
      };
      await expect(read()).rejects.toMatchObject({ code: 'CANCELLED' } satisfies Partial<HubError>);
    });
  });
}
