import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalGraph, type FollowedGraph } from '../../adapters/local/graph/local-graph';
import type { GraphChange } from '../../core/graph/elements';
import type { FeedPosition } from '../../ports/change-feed';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { once } from './graph-contract';

let gremlin: TestGremlin;
let folder: string;
let graph: FollowedGraph;
const BEGINNING: FeedPosition = { commitNum: 0, opNum: 0 };

beforeAll(async () => {
  gremlin = await startTestGremlin();
}, ENGINE_START_MS);
afterAll(() => gremlin.stop());
beforeEach(async () => {
  await gremlin.empty();
  folder = await mkdtemp(join(tmpdir(), 'hub-test-feed-'));
  graph = await openLocalGraph({ url: gremlin.url, dir: folder, sharedFileSystem: true });
});
afterEach(async () => {
  await graph.close();
  await rm(folder, { recursive: true, force: true });
});

const customer = (id: string): GraphChange => ({ kind: 'vertex', id, label: 'Customer', properties: { n: 1n } });
const idsOf = (changes: readonly GraphChange[]) => changes.map(({ id }) => id);

async function load(key: string, ...changes: GraphChange[]): Promise<void> {
  await graph.load({ key, changes: once(changes) }, { path: 'upsert' });
}

describe('the feed of the graph', () => {
  it('tells every change once, in order, whatever the pages', async () => {
    await load('a', customer('1'), customer('2'), customer('3'));
    await load('b', customer('4'));
    const told: string[] = [];
    let position = BEGINNING;
    for (;;) {
      const page = await graph.feed.read({ after: position, limit: 2 });
      told.push(...idsOf(page.changes));
      position = page.last;
      if (page.behind === 0) break;
    }
    expect(told).toEqual(['1', '2', '3', '4']);
    expect(position).toEqual(await graph.feed.head());
  });

  it('tells the same again to whoever asks again, also at the same time', async () => {
    await load('a', customer('1'), customer('2'), customer('3'), customer('4'), customer('5'));
    const { last } = await graph.feed.read({ after: BEGINNING, limit: 2 });
    const pages = await Promise.all([1, 2].map(() => graph.feed.read({ after: last, limit: 2 })));
    expect(pages.map(({ changes }) => idsOf(changes))).toEqual([
      ['3', '4'],
      ['3', '4'],
    ]);
    expect(idsOf((await graph.feed.read({ after: last, limit: 9 })).changes)).toEqual(['3', '4', '5']);
  });

  it('has nothing to tell at its end, and waits for news as long as it is told to', async () => {
    const head = await graph.feed.head();
    expect(await graph.feed.read({ after: head, limit: 9 })).toEqual({ changes: [], last: head, behind: 0 });
    const waiting = graph.feed.read({ after: head, limit: 9, waitMs: 60_000 });
    const before = Date.now();
    await load('a', customer('1'));
    const { changes, since } = await waiting;
    expect(idsOf(changes)).toEqual(['1']);
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBeLessThanOrEqual(Date.now());
  });

  it('does not tell what the graph refuses', async () => {
    await load('a', customer('1'));
    const head = await graph.feed.head();
    const waiting = graph.feed.read({ after: head, limit: 9, waitMs: 60_000 });
    const edge: GraphChange = { kind: 'edge', id: 'e', label: 'REACHED', from: '1', to: 'nobody', properties: {} };
    await expect(load('b', edge)).rejects.toMatchObject({ code: 'GRAPH_LOAD_FAILED' });
    await load('c', customer('2'));
    const first = await waiting;
    const told = first.changes.length > 0 ? first : await graph.feed.read({ after: first.last, limit: 9 });
    expect(idsOf(told.changes)).toEqual(['2']);
  });

  it('tells the ends of an edge that is taken away', async () => {
    const edge: GraphChange = { kind: 'edge', id: 'e', label: 'REACHED', from: '1', to: '2', properties: {} };
    await load('a', customer('1'), customer('2'), edge);
    await load('b', { kind: 'remove-edge', id: 'e', from: '1', to: '2' });
    const { changes } = await graph.feed.read({ after: BEGINNING, limit: 9 });
    expect(changes.at(-1)).toEqual({ kind: 'remove-edge', id: 'e', from: '1', to: '2' });
  });

  it('tells how much is left in the middle of a commit, too', async () => {
    await load('a', ...Array.from({ length: 7 }, (_, index) => customer(String(index))));
    await load('b', customer('b'));
    const left: number[] = [];
    for (let position = BEGINNING, more = true; more;) {
      const page = await graph.feed.read({ after: position, limit: 3 });
      position = page.last;
      left.push(page.behind);
      more = page.behind > 0;
    }
    expect(left).toEqual([5, 2, 0]);
    const { last } = await graph.feed.read({ after: BEGINNING, limit: 3 });
    const other = await openLocalGraph({ url: gremlin.url, dir: folder, sharedFileSystem: true });
    expect((await other.feed.read({ after: last, limit: 2 })).behind).toBe(3);
    await other.close();
  });

  it('refuses a position beyond its end, and one of another log', async () => {
    await load('a', customer('1'));
    const read = (after: FeedPosition) => graph.feed.read({ after, limit: 9 });
    const unknown = { code: 'FEED_POSITION_UNKNOWN', field: 'from' };
    await expect(read({ commitNum: 7, opNum: 1 })).rejects.toMatchObject(unknown);
    const { log, ...position } = await graph.feed.head();
    await expect(read({ ...position, log: `not ${log}` })).rejects.toMatchObject(unknown);
    expect((await read({ ...position, log })).last).toEqual({ ...position, log });
    expect((await read(BEGINNING)).last.log).toBe(log);
  });

  it('says that what comes after a position is gone, and keeps what a follower has still to read', async () => {
    const other = await mkdtemp(join(tmpdir(), 'hub-test-feed-'));
    for (const follower of [undefined, { commitNum: 1, opNum: Number.MAX_SAFE_INTEGER }, { commitNum: 2, opNum: 1 }]) {
      await gremlin.empty();
      const dir = join(other, JSON.stringify(follower) ?? 'none');
      const small = await openLocalGraph({ url: gremlin.url, dir, sharedFileSystem: true, snapshotAfter: 2 });
      if (follower !== undefined) await small.feed.retain('milestones', follower);
      for (const id of ['1', '2', '3', '4']) await small.load({ changes: once([customer(id)]) }, { path: 'upsert' });
      const read = async (after: FeedPosition) => idsOf((await small.feed.read({ after, limit: 9 })).changes);
      const gone = { code: 'FEED_POSITION_EXPIRED', field: 'from' };
      await expect(read(BEGINNING)).rejects.toMatchObject(gone);
      if (follower === undefined) {
        await expect(read({ commitNum: 2, opNum: Number.MAX_SAFE_INTEGER })).rejects.toMatchObject(gone);
        await expect(read({ commitNum: 3, opNum: 1 })).rejects.toMatchObject(gone);
        expect(await read({ commitNum: 3, opNum: Number.MAX_SAFE_INTEGER })).toEqual(['4']);
      } else {
        expect(await read(follower)).toEqual(['2', '3', '4']);
      }
      await small.close();
    }
    await rm(other, { recursive: true });
  });
});
