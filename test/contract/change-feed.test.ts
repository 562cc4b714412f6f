import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalGraph, type FollowedGraph } from '../../adapters/local/graph/local-graph';
import type { GraphChange } from '../../core/graph/elements';
import type { FeedPosition } from '../../ports/change-feed';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';

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
  const batches = (async function* () {
    yield changes;
  })();
  await graph.load({ key, changes: batches }, { path: 'upsert' });
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

  it('knows a position of another log', async () => {
    await expect(graph.feed.read({ after: { commitNum: 7, opNum: 1 }, limit: 9 })).rejects.toMatchObject({
      code: 'FEED_POSITION_UNKNOWN',
    });
  });
});
