import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectHead, ObjectStore } from '../../ports/object-store';

const MEBIBYTE = 1 << 20;

/** What every object store must do. `open` gives an empty one; listings of it have pages of three. */
export function objectStoreContract(
  name: string,
  open: () => Promise<{ store: ObjectStore; reopen(): Promise<ObjectStore>; close(): Promise<void> }>,
): void {
  describe(`${name} as an object store`, () => {
    let store: ObjectStore;
    let reopen: () => Promise<ObjectStore>;
    let close: () => Promise<void>;
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'hub-test-objects-'));
      ({ store, reopen, close } = await open());
    });
    afterEach(async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    });

    it('keeps objects whole, for whoever opens it', async () => {
      await store.put('a/b.json', text('{"a":1}'));
      await store.put('empty', new Uint8Array(0));
      const other = await reopen();
      expect(textOf(await other.read('a/b.json'))).toBe('{"a":1}');
      expect(await other.read('empty')).toHaveLength(0);
      expect(await other.head('a/b.json')).toMatchObject({ key: 'a/b.json', size: 7 });
      expect(Math.abs(Date.now() - (await other.head('empty'))!.modifiedAt)).toBeLessThan(60_000);
    });

    it('replaces an object as often as it is put', async () => {
      for (const content of ['first', 'first', 'second, and longer']) {
        await store.put('key', text(content));
        expect(textOf(await store.read('key'))).toBe(content);
      }
    });

    it('tells that there is no such object', async () => {
      await store.put('there/is', text('x'));
      for (const key of ['nothing', 'there', 'there/is/not']) {
        expect(await store.head(key)).toBeUndefined();
        await expect(store.read(key)).rejects.toMatchObject({ code: 'OBJECT_MISSING', retryable: false });
      }
    });

    it('takes any printable key, and no other key for it', async () => {
      const keys = [...UNUSUAL_KEYS].sort(byBytes);
      for (const key of keys) await store.put(key, text(key));
      for (const key of keys) expect(textOf(await store.read(key))).toBe(key);
      expect((await heads(store.list(''))).map(({ key }) => key)).toEqual(keys);
      await store.remove(keys.slice(1));
      expect((await heads(store.list(''))).map(({ key }) => key)).toEqual(keys.slice(0, 1));
    });

    it.each([
      ...['', '/a', 'a/', 'a//b', '.', 'a/../b', 'a\nb', 'a\u0000', '\ud800'].map((key) => [JSON.stringify(key), key]),
      ['of more than 255 bytes between "/"', 'x'.repeat(256)],
      ['of more than 1,024 bytes', 'ä/'.repeat(400) + 'x'],
    ])('refuses the key %s', async (_, key) => {
      const refusal = { code: 'OBJECT_KEY_INVALID', retryable: false };
      await expect(store.put(key!, text('x'))).rejects.toMatchObject(refusal);
      await expect(store.read(key!)).rejects.toMatchObject(refusal);
      await expect(store.remove([key!])).rejects.toMatchObject(refusal);
    });

    it('lists by prefix in the order of bytes, over pages', async () => {
      const keys = ['a', 'a.b', 'a0', 'b/1', 'b/10', 'b/2', 'b/2.x', 'b/2z/a', 'b/é', 'b/\ufb01', 'b/\u{1f600}', 'c'];
      for (const key of [...keys].reverse()) await store.put(key, text(key));
      const listed = async (prefix: string) => (await heads(store.list(prefix))).map(({ key }) => key);
      expect(await listed('')).toEqual(keys);
      expect(await listed('b/')).toEqual(keys.slice(3, -1));
      expect(await listed('b/2')).toEqual(['b/2', 'b/2.x', 'b/2z/a']);
      expect(await listed('a')).toEqual(['a', 'a.b', 'a0']);
      expect(await listed('nothing/of/it')).toEqual([]);
      await expect(listed('../')).rejects.toMatchObject({ code: 'OBJECT_KEY_INVALID' });
    });

    it('reads a part of an object', async () => {
      await store.put('key', text('0123456789'));
      const part = async (from: number, to?: number) => textOf(await store.read('key', { range: { from, to } }));
      expect([await part(0), await part(2, 5), await part(9), await part(7, 100)]).toEqual([
        ...['0123456789', '234', '9', '789'],
      ]);
      for (const range of [{ from: 10 }, { from: 3, to: 3 }])
        await expect(store.read('key', { range })).rejects.toMatchObject({
          code: 'OBJECT_RANGE_INVALID',
        });
    });

    it('writes and reads what comes in pieces of any length', async () => {
      for (const [key, size] of Object.entries({ none: 0, small: 10_000, large: 13 * MEBIBYTE + 17 })) {
        const content = madeUp(size);
        await store.put(key, inPieces(content, 700_001));
        expect(await store.head(key)).toMatchObject({ size });
        expect(hashOf(await store.read(key))).toBe(hashOf(content));
        const [from, to] = [Math.floor(size / 2), size - 3];
        if (size > 0)
          expect(hashOf(await store.read(key, { range: { from, to } }))).toBe(hashOf(content.subarray(from, to)));
      }
    });

    it('leaves nothing behind of what breaks off', async () => {
      async function* breaking() {
        yield madeUp(11 * MEBIBYTE);
        throw new Error('the source broke off');
      }
      await store.put('kept', text('before'));
      for (const key of ['kept', 'new']) await expect(store.put(key, breaking())).rejects.toThrow('broke off');
      expect((await heads(store.list(''))).map(({ key }) => key)).toEqual(['kept']);
      expect(textOf(await store.read('kept'))).toBe('before');
    });

    it('is called off by its signal', async () => {
      const abort = new AbortController();
      const { signal } = abort;
      async function* calledOff() {
        for (let i = 0; i < 12; i++) {
          if (i === 11) abort.abort();
          yield madeUp(MEBIBYTE);
        }
      }
      const cancelled = { code: 'CANCELLED', retryable: false };
      await store.put('there', madeUp(5 * MEBIBYTE));
      await expect(store.put('key', calledOff(), signal)).rejects.toMatchObject(cancelled);
      for (const work of [
        () => store.put('key', text('x'), signal),
        () => store.putIfAbsent('key', text('x'), signal),
        () => store.read('there', { signal }),
        () => store.head('there', signal),
        () => heads(store.list('', signal)),
        () => store.remove(['there'], signal),
        () => store.download('there', join(folder, 'file'), signal),
      ])
        await expect(work()).rejects.toMatchObject(cancelled);
      expect((await heads(store.list(''))).map(({ key }) => key)).toEqual(['there']);
      expect(await readdir(folder)).toEqual([]);
    });

    it('stops reading when it is called off on the way', async () => {
      await store.put('there', madeUp(9 * MEBIBYTE));
      const abort = new AbortController();
      const reading = async () => {
        for await (const piece of store.stream('there', { signal: abort.signal })) if (piece.length > 0) abort.abort();
      };
      await expect(reading()).rejects.toMatchObject({ code: 'CANCELLED' });
    });

    it('lets a reader stop whenever it likes', async () => {
      await store.put('there', madeUp(9 * MEBIBYTE));
      for await (const piece of store.stream('there')) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expect(await store.head('there')).toBeDefined();
    });

    it('lets exactly one of many create an object', async () => {
      const stores = [store, await reopen()];
      for (const key of ['one', 'folder/two']) {
        const writers = Array.from({ length: 12 }, (_, i) => `writer ${i}`);
        const won = await Promise.all(writers.map((writer, i) => stores[i % 2]!.putIfAbsent(key, text(writer))));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(textOf(await store.read(key))).toBe(writers[won.indexOf(true)]);
        expect(await store.putIfAbsent(key, text('late'))).toBe(false);
      }
      await store.remove(['one']);
      expect(await store.putIfAbsent('one', text('again'))).toBe(true);
    });

    it('has the whole of one of those who write at the same time', async () => {
      const stores = [store, await reopen()];
      const contents = Array.from({ length: 6 }, (_, i) => Buffer.alloc(200_000 + i, i));
      await Promise.all(contents.map((content, i) => stores[i % 2]!.put('folder/key', inPieces(content, 10_000))));
      const found = await store.read('folder/key');
      expect(contents.some((content) => content.equals(found))).toBe(true);
    });

    it('removes many, those that are not there too, and folders that become empty do not stay in the way', async () => {
      const keys = Array.from({ length: 30 }, (_, i) => `many/of/${i}`);
      await Promise.all(keys.map((key) => store.put(key, text(key))));
      await store.put('other', text('x'));
      async function* asked() {
        yield* keys;
        for (let i = 0; i < 2_000; i++) yield `never/${i}`;
      }
      await store.remove(asked());
      await store.remove([]);
      expect((await heads(store.list(''))).map(({ key }) => key)).toEqual(['other']);
      await store.put('many', text('an object'));
      expect(textOf(await store.read('many'))).toBe('an object');
    });

    it('puts and removes in one folder at the same time', async () => {
      const stores = [store, await reopen()];
      for (let i = 0; i < 20; i++) {
        await store.put('shared/old', text('x'));
        await Promise.all([stores[0]!.remove(['shared/old']), stores[1]!.put('shared/new', text('y'))]);
        expect((await heads(store.list('shared/'))).map(({ key }) => key)).toEqual(['shared/new']);
        await store.remove(['shared/new']);
      }
    });

    it('takes files, and gives files', async () => {
      const content = madeUp(6 * MEBIBYTE + 5);
      await writeFile(join(folder, 'from'), content);
      await store.upload(join(folder, 'from'), 'a/file');
      const target = join(folder, 'deep', 'to');
      await store.download('a/file', target);
      expect(hashOf(await readFile(target))).toBe(hashOf(content));
      await store.put('a/file', text('another'));
      await store.download('a/file', target);
      expect(await readFile(target, 'utf8')).toBe('another');
      await expect(store.upload(join(folder, 'missing'), 'b')).rejects.toMatchObject({ code: 'FILE_MISSING' });
      await expect(store.download('missing', join(folder, 'x'))).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
      expect((await readdir(folder)).sort()).toEqual(['deep', 'from']);
      expect(await readdir(join(folder, 'deep'))).toEqual(['to']);
    });
  });
}

const UNUSUAL_KEYS = [
  'a b',
  'a+b',
  'a%20b',
  'a%2Bb',
  'a&b<c>"d"\'e\'',
  'a?b=c#d',
  'a\\b',
  'a:b*c|d',
  ' leading and trailing ',
  '~.-_!()[]{}^`@$;,=',
  'ümläut/straße',
  'δοκιμή/прове\u0301рка/测试/テスト',
  'emoji \u{1f600}/\u{1f469}\u{200d}\u{1f680}',
  "customer='Robert'); DROP TABLE x;--",
  '__proto__/constructor',
  '${a}/$(b)/`c`',
];

export async function heads(listing: AsyncIterable<ObjectHead>): Promise<ObjectHead[]> {
  const found: ObjectHead[] = [];
  for await (const head of listing) found.push(head);
  return found;
}

export function text(content: string): Uint8Array {
  return Buffer.from(content);
}

export function textOf(content: Uint8Array): string {
  return Buffer.from(content).toString();
}

/** Bytes that are all different stretch by stretch, so that one in the wrong place is noticed. */
export function madeUp(size: number): Buffer {
  const content = Buffer.alloc(size);
  for (let i = 0; i + 4 <= size; i += 4) content.writeUInt32LE((i * 2654435761) >>> 0, i);
  return content;
}

/** The same buffer is used for every piece, as some sources do. */
export async function* inPieces(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(size);
  for (let start = 0; start < content.length; start += size) {
    const length = Math.min(size, content.length - start);
    piece.set(content.subarray(start, start + length));
    yield piece.subarray(0, length);
  }
}

export function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
