import type { GraphChange, Properties } from '../../core/graph/elements';
import type { ChangeFeed, FeedPosition } from '../../ports/change-feed';
import type { Graph } from '../../ports/graph';
import { once } from './graph-contract';

export interface FeedUnderTest {
  /** A graph over an empty store, with the feed of its changes. */
  open(): Promise<Graph & { readonly feed: ChangeFeed }>;
  /** Empties the store. */
  reset(): Promise<void>;
}

export const BEGINNING: FeedPosition = { commitNum: 0, opNum: 0 };

export const vertex = (id: string): GraphChange => ({ kind: 'vertex', id, label: 'Customer', properties: { n: 1n } });

export const idsOf = (changes: readonly GraphChange[]): string[] => changes.map(({ id }) => id);

/** What every change feed must do. */
export function changeFeedContract(name: string, target: FeedUnderTest): void {
  describe(`change feed contract: ${name}`, () => {
    let graph: Graph & { readonly feed: ChangeFeed };

    beforeEach(async () => {
      await target.reset();
      graph = await target.open();
    });
    afterEach(() => graph.close());

    async function load(key: string, ...changes: GraphChange[]): Promise<void> {
      await graph.load({ key, changes: once(changes) }, { path: 'upsert' });
    }

    /** Everything after a position, page by page, and how many pages that took. */
    async function follow(after: FeedPosition, limit: number) {
      const told: GraphChange[] = [];
      let position = after;
      for (let pages = 1; ; pages++) {
        const page = await graph.feed.read({ after: position, limit });
        told.push(...page.changes);
        position = page.last;
        if (page.behind === 0) return { told, position, pages };
      }
    }

    it('tells every change once, in order, whatever the pages', async () => {
      await load('a', vertex('1'), vertex('2'), vertex('3'));
      await load('b', vertex('4'));
      for (const limit of [1, 2, 3, 9]) {
        const { told, position } = await follow(BEGINNING, limit);
        expect(idsOf(told)).toEqual(['1', '2', '3', '4']);
        expect(position).toEqual(await graph.feed.head());
      }
    });

    it('tells what takes many pages', async () => {
      for (let n = 10; n < 22; n++) await load(String(n), vertex(String(n)), vertex(`${n}b`));
      const { told, pages } = await follow(BEGINNING, 2);
      expect(pages).toBeGreaterThan(3);
      expect(new Set(idsOf(told)).size).toBe(24);
      expect(told).toHaveLength(24);
    });

    it('tells the same again to whoever asks again, also at the same time', async () => {
      for (const key of ['1', '2', '3', '4']) await load(key, vertex(key));
      const { last } = await graph.feed.read({ after: BEGINNING, limit: 2 });
      const pages = await Promise.all([1, 2].map(() => graph.feed.read({ after: last, limit: 9 })));
      for (const { changes } of pages) expect(idsOf(changes)).toEqual(['3', '4']);
    });

    it('has nothing to tell at its end, and waits for news as long as it is told to', async () => {
      await load('first', vertex('0'));
      const head = await graph.feed.head();
      expect(await graph.feed.read({ after: head, limit: 9 })).toEqual({ changes: [], last: head, behind: 0 });
      const waiting = graph.feed.read({ after: head, limit: 9, waitMs: 60_000 });
      const before = Date.now();
      await load('a', vertex('1'));
      const { changes, since } = await waiting;
      expect(idsOf(changes)).toEqual(['1']);
      expect(since).toBeGreaterThanOrEqual(before);
      expect(since).toBeLessThanOrEqual(Date.now());
    });

    it('has nothing to tell of an empty graph, and then what comes first', async () => {
      const head = await graph.feed.head();
      expect(await graph.feed.read({ after: head, limit: 9 })).toEqual({ changes: [], last: head, behind: 0 });
      await load('a', vertex('1'));
      expect(idsOf((await graph.feed.read({ after: head, limit: 9 })).changes)).toEqual(['1']);
    });

    it('ends its waiting when the signal fires', async () => {
      const stop = new AbortController();
      const head = await graph.feed.head();
      const waiting = graph.feed.read({ after: head, limit: 9, waitMs: 600_000, signal: stop.signal });
      stop.abort();
      const ended = await waiting.then(
        ({ changes }) => changes,
        (error: { code: string }) => error.code,
      );
      expect([[], 'CANCELLED']).toContainEqual(ended);
    });

    it('does not tell what the graph refuses', async () => {
      await load('a', vertex('1'));
      const head = await graph.feed.head();
      const waiting = graph.feed.read({ after: head, limit: 9, waitMs: 60_000 });
      const edge: GraphChange = { kind: 'edge', id: 'e', label: 'REACHED', from: '1', to: 'nobody', properties: {} };
      await expect(load('b', edge)).rejects.toMatchObject({ code: 'GRAPH_LOAD_FAILED' });
      await load('c', vertex('2'));
      const first = await waiting;
      const told = first.changes.length > 0 ? first : await graph.feed.read({ after: first.last, limit: 9 });
      expect(idsOf(told.changes)).toEqual(['2']);
    });

    it('tells the ends of an edge that is taken away', async () => {
      const edge: GraphChange = {
        kind: 'edge',
        id: 'e',
        label: 'IDENTIFIED_AS',
        from: '1',
        to: '2',
        properties: {},
      };
      await load('a', vertex('1'), vertex('2'), edge);
      await load('b', { kind: 'remove-edge', id: 'e', from: '1', to: '2' });
      const { changes } = await graph.feed.read({ after: BEGINNING, limit: 9 });
      expect(changes.at(-1)).toMatchObject({ kind: 'remove-edge', id: 'e', from: '1', to: '2' });
    });

    it('tells the type that an event had, where it is given another', async () => {
      const event = (properties: Properties): GraphChange => ({ kind: 'vertex', id: 'e', label: 'Event', properties });
      await load('a', event({ type: 'call', channel: 'web', ts: 1_700_000_000_000n }));
      await load('b', event({ type: 'chat', channel: 'web', ts: 1_700_000_000_000n }));
      const { changes } = await graph.feed.read({ after: BEGINNING, limit: 9 });
      const whole = { type: 'chat', channel: 'web', ts: 1_700_000_000_000n };
      expect(changes.at(-1)).toEqual({ ...event(whole), replaced: { type: 'call' } });
    });

    it('tells hostile texts as they are', async () => {
      const hostile = `{"x": '); g.V().drop(); //  \u2028 😀 \\ "`;
      const changes: GraphChange[] = [
        { kind: 'vertex', id: hostile, label: 'Event', properties: { type: hostile, [hostile]: hostile } },
        { ...(vertex('1') as GraphChange & { kind: 'vertex' }) },
        { kind: 'edge', id: `${hostile} e`, label: 'PERFORMED', from: '1', to: hostile, properties: {} },
      ];
      await load(hostile, ...changes);
      const told = (await graph.feed.read({ after: BEGINNING, limit: 9 })).changes;
      expect(new Set(told)).toEqual(new Set(changes));
    });

    it('refuses a position beyond its end, and one of another log', async () => {
      await load('a', vertex('1'));
      const read = (after: FeedPosition) => graph.feed.read({ after, limit: 9 });
      const unknown = { code: 'FEED_POSITION_UNKNOWN', field: 'from' };
      await expect(read({ commitNum: 7, opNum: 1 })).rejects.toMatchObject(unknown);
      const { log, ...position } = await graph.feed.head();
      await expect(read({ ...position, log: `not ${log}` })).rejects.toMatchObject(unknown);
      expect((await read({ ...position, log })).last).toEqual({ ...position, log });
      expect((await read(BEGINNING)).last.log).toBe(log);
    });
  });
}
