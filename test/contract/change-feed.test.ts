import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalGraph, type FollowedGraph } from '../../adapters/local/graph/local-graph';
import type { GraphChange } from '../../core/graph/elements';
import type { FeedPosition } from '../../ports/change-feed';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { BEGINNING, changeFeedContract, idsOf, vertex as customer } from './change-feed-contract';
import { once } from './graph-contract';

let gremlin: TestGremlin;
let folder: string;
let graph: FollowedGraph;

beforeAll(async () => {
  gremlin = await startTestGremlin();
}, ENGINE_START_MS);
afterAll(() => gremlin.stop());

/** A new change log, and a server with nothing in it. */
async function freshFolder(): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  folder = await mkdtemp(join(tmpdir(), 'hub-test-feed-'));
  await gremlin.empty();
}

const open = () => openLocalGraph({ url: gremlin.url, dir: folder, sharedFileSystem: true });

changeFeedContract('local', { open, reset: freshFolder });

async function load(key: string, ...changes: GraphChange[]): Promise<void> {
  await graph.load({ key, changes: once(changes) }, { path: 'upsert' });
}

describe('the feed of the local graph', () => {
  beforeEach(async () => {
    await freshFolder();
    graph = await open();
  });
  afterEach(() => graph.close());
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tells parts of a commit, and the same again to whoever asks again, also at the same time', async () => {
    await load('a', customer('1'), customer('2'), customer('3'), customer('4'), customer('5'));
    const { last } = await graph.feed.read({ after: BEGINNING, limit: 2 });
    const pages = await Promise.all([1, 2].map(() => graph.feed.read({ after: last, limit: 2 })));
    expect(pages.map(({ changes }) => idsOf(changes))).toEqual([
      ['3', '4'],
      ['3', '4'],
    ]);
    expect(idsOf((await graph.feed.read({ after: last, limit: 9 })).changes)).toEqual(['3', '4', '5']);
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
