import {
  openNeptuneGraph,
  type NeptuneGraph,
  type NeptuneGraphOptions,
} from '../../adapters/aws/neptune/neptune-graph';
import type { GraphChange, GraphElement } from '../../core/graph/elements';
import { FRONT_REGION, NeptuneFront } from '../stand-ins/neptune-front';
import { testConnection } from '../support/aws';
import { ENGINE_START_MS } from '../support/engines';
import { BEGINNING, changeFeedContract, idsOf, vertex } from './change-feed-contract';
import { allOf, customer, event, graphContract, inOrder, journey, once, performed } from './graph-contract';

let front: NeptuneFront;
const opened: NeptuneGraph[] = [];

beforeAll(async () => {
  front = await NeptuneFront.start();
}, ENGINE_START_MS);
afterAll(() => front.stop());
afterEach(async () => {
  for (const graph of opened.splice(0)) await graph.close();
});

function open(options: Partial<NeptuneGraphOptions> = {}): NeptuneGraph {
  const connection = testConnection(front.url, ['neptune'], { attempts: 3 });
  const graph = openNeptuneGraph({ connection, iam: false, reconnectMs: 20_000, ...options });
  opened.push(graph);
  return graph;
}

/** Loads of few elements, too, are many requests. */
const IN_PARTS = { atomicRecords: 1, requestRecords: 3, noteRecords: 4 };

const target = {
  open: (options?: Partial<NeptuneGraphOptions>) => Promise.resolve(open(options)),
  reset: () => front.reset(),
};
graphContract('Neptune, one transaction a load', { ...target, open: () => target.open() });
graphContract('Neptune, many requests a load', {
  ...target,
  allOrNothing: false,
  open: () => target.open(IN_PARTS),
});
changeFeedContract('Neptune Streams', { ...target, open: () => target.open() });
changeFeedContract('Neptune Streams, a few records at a time', {
  ...target,
  open: () => target.open({ streamRecords: 2 }),
});

const load = (graph: NeptuneGraph, key: string, ...changes: GraphChange[]) =>
  graph.load({ key, changes: once(changes) });

describe('requests to Neptune', () => {
  beforeEach(() => front.reset());

  it.each(['ConcurrentModificationException', 'ThrottlingException', 'InternalFailureException'])(
    'are tried again after a %s, which passes',
    async (code) => {
      const graph = open();
      front.fail({ code, times: 4 });
      await load(graph, 'first', ...journey());
      front.fail({ code, times: 1 });
      expect(await allOf(graph)).toEqual(inOrder(journey()));
      expect(front.connections).toBe(1);
    },
  );

  it('tell what did not pass, and whether trying again later may help', async () => {
    const graph = open({ attempts: 3 });
    const expected = {
      ConcurrentModificationException: { code: 'GRAPH_CONFLICT', retryable: true },
      ThrottlingException: { code: 'GRAPH_UNAVAILABLE', retryable: true },
      TimeLimitExceededException: { code: 'GRAPH_TIMEOUT', retryable: true },
      ConstraintViolationException: { code: 'GRAPH_LOAD_FAILED', retryable: false },
      MalformedQueryException: { code: 'GRAPH_LOAD_FAILED', retryable: false },
      AccessDeniedException: { code: 'AWS_ACCESS_DENIED', retryable: false },
    };
    for (const [code, error] of Object.entries(expected)) {
      front.fail({ code, times: 3 });
      await expect(load(graph, 'k', customer('a'))).rejects.toMatchObject(error);
      await front.reset();
    }
  });

  it('go to another connection when the writer became a reader', async () => {
    const graph = open();
    front.fail({ code: 'ReadOnlyViolationException', times: 1 });
    await load(graph, 'first', ...journey());
    expect(await allOf(graph)).toEqual(inOrder(journey()));
    expect(front.connections).toBe(2);
  });

  it('survive connections that break before and after the work, and change nothing twice', async () => {
    const graph = open();
    await graph.counts();
    front.fail({ code: 'cut', times: 2 });
    await load(graph, 'first', ...journey());
    front.cutConnections();
    front.fail({ code: 'cut-after', times: 1 });
    await graph.load({ changes: once([customer('a', { name: 'later' })]) });
    const { changes } = await graph.feed.read({ after: BEGINNING, limit: 99 });
    expect(idsOf(changes).filter((id) => id === 'a')).toHaveLength(2);
    expect(changes).toHaveLength(journey().length + 1);
  });

  it('do not wait without end for an answer', async () => {
    const graph = open({ requestMs: 200 });
    front.fail({ code: 'hang', times: 1 });
    await load(graph, 'first', ...journey());
    expect(await allOf(graph)).toEqual(inOrder(journey()));
  });

  it('are waited for no longer when the signal fires', async () => {
    const graph = open();
    const stop = new AbortController();
    front.fail({ code: 'hang', times: 1 });
    front.onRequest = () => stop.abort();
    const query = graph.query([['V', 'a']], {}, stop.signal);
    await expect(query).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(graph.query([['V', 'a']], {}, stop.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await graph.query([['V', 'a']])).toEqual([]);
  });

  it('say where nobody answers', async () => {
    const connection = testConnection('http://127.0.0.1:1', ['neptune'], { attempts: 1 });
    const lost = open({ connection, reconnectMs: 200 });
    await expect(lost.counts()).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE', retryable: true });
    await expect(lost.feed.head()).rejects.toMatchObject({ code: 'AWS_UNAVAILABLE', retryable: true });
    expect(() => openNeptuneGraph({ connection: { region: FRONT_REGION, version: 'test' } })).toThrow(
      expect.objectContaining({ code: 'AWS_ENDPOINT_INVALID', field: 'endpoints.neptune' }),
    );
  });

  it("of writers who get in one another's way all come through", async () => {
    const writers = Array.from({ length: 4 }, () => open({ requestRecords: 20, atomicRecords: 20 }));
    // All of them change the same elements, and give them the same values in the end.
    let round = 0;
    for (; round < 3 || front.conflicts === 0; round++) {
      const changes = writers.map((_, index) => [...manyElements(20), ...others(index, round)]);
      await Promise.all(writers.map((graph, index) => load(graph, `${index} ${round}`, ...changes[index]!)));
    }
    const all = [...manyElements(20), ...[0, 1, 2, 3].flatMap((index) => others(index, round - 1))];
    expect(await allOf(writers[0]!)).toEqual(inOrder(all));
  });

  it('of a load that was cut off go on after its last note', async () => {
    const elements = manyElements(20);
    const requestsOf = async (work: () => Promise<unknown>) => {
      const before = front.gremlinRequests;
      await work();
      return front.gremlinRequests - before;
    };
    const whole = await requestsOf(() => load(open(IN_PARTS), 'k', ...elements));
    await front.reset();
    const graph = open(IN_PARTS);
    async function* cutOff(): AsyncGenerator<readonly GraphChange[]> {
      for (const element of elements.slice(0, 40)) yield [element];
      throw new Error('source broke');
    }
    await expect(graph.load({ key: 'k', changes: cutOff() })).rejects.toThrow('source broke');
    const rest = await requestsOf(async () => {
      expect(await load(open(IN_PARTS), 'k', ...elements)).toEqual({ path: 'upsert', changes: elements.length });
    });
    expect(rest).toBeLessThan(whole / 2);
    expect(await allOf(graph)).toEqual(inOrder(elements));
  });

  it('that only read may go to the address for readers, but not those that must see what was just written', async () => {
    const other = await NeptuneFront.start();
    const graph = open({ reader: other.url });
    await load(graph, 'first', ...journey());
    expect(await graph.counts()).toEqual({ vertices: {}, edges: {} });
    expect(await graph.query([['V', 'a'], ['id']])).toEqual(['a']);
    await graph.close();
    await other.stop();
  });
});

describe('a cluster with IAM authentication', () => {
  const ann = { accessKeyId: 'AKIDANN', secretAccessKey: 'of Ann' };
  const role = (name: string) => ({
    accessKeyId: name,
    secretAccessKey: `of ${name}`,
    sessionToken: `token of ${name}`,
  });
  beforeEach(async () => {
    await front.reset();
    front.requireSignature(ann);
  });

  it('lets in who signs, and signs anew whenever it connects', async () => {
    const graph = open({ iam: true, credentials: () => Promise.resolve(ann) });
    await load(graph, 'first', ...journey());
    front.cutConnections();
    expect(await allOf(graph)).toEqual(inOrder(journey()));
    expect((await graph.feed.read({ after: BEGINNING, limit: 99 })).changes).toHaveLength(journey().length);
    expect(front.connections).toBe(2);
  });

  it('lets in no one else, and says why', async () => {
    const forged = { ...ann, secretAccessKey: 'guessed' };
    for (const options of [{ iam: false }, { iam: true, credentials: () => Promise.resolve(forged) }]) {
      const graph = open(options);
      const denied = { code: 'AWS_ACCESS_DENIED', retryable: false };
      await expect(graph.counts()).rejects.toMatchObject(denied);
      await expect(graph.feed.head()).rejects.toMatchObject(denied);
    }
  });

  it('is asked over a new connection before credentials expire, and with those that are valid then', async () => {
    const [first, second] = [role('FIRST'), role('SECOND')];
    front.requireSignature(first, second);
    let now: typeof ann & { expiration?: Date } = { ...first, expiration: new Date(Date.now() + 59_000) };
    const graph = open({ iam: true, credentials: () => Promise.resolve(now) });
    await load(graph, 'first', ...journey());
    front.requireSignature(second);
    await expect(graph.counts()).rejects.toMatchObject({ code: 'AWS_ACCESS_DENIED' });
    now = { ...second, expiration: new Date(Date.now() + 3_600_000) };
    expect(await allOf(graph)).toEqual(inOrder(journey()));
    const { connections } = front;
    await graph.counts();
    expect(front.connections).toBe(connections);
  });

  it('leaves no connection behind whose credentials expired while nobody asked', async () => {
    front.requireSignature(ann);
    const credentials = () => Promise.resolve({ ...ann, expiration: new Date(Date.now() + 120_000) });
    const graph = open({ iam: true, credentials });
    await graph.counts();
    expect(front.open).toBe(1);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
    await graph.counts().finally(() => clock.mockRestore());
    expect(front.connections).toBe(2);
    while (front.open > 1) await new Promise((resolve) => setImmediate(resolve));
    await graph.close();
  });

  it('is told of credentials that cannot be had', async () => {
    const nobody = Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' });
    const graph = open({ iam: true, credentials: () => Promise.reject(nobody) });
    await expect(graph.counts()).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_INVALID' });
  });
});

describe('the stream of Neptune', () => {
  let graph: NeptuneGraph;
  beforeEach(async () => {
    await front.reset();
    graph = open();
  });
  const read = async (after = BEGINNING) => (await graph.feed.read({ after, limit: 99 })).changes;

  it('tells whole elements, though its records tell single properties', async () => {
    await load(graph, 'first', ...journey());
    const { last } = await graph.feed.read({ after: BEGINNING, limit: 99 });
    await load(graph, 'second', { ...event('1'), properties: { channel: 'web' } }, performed('a', '1', { weight: 2 }));
    expect(await read(last)).toEqual([
      { ...event('1'), properties: { ...event('1').properties, channel: 'web' } },
      performed('a', '1', { weight: 2 }),
    ]);
  });

  it('tells of an element that is gone by now only that', async () => {
    await load(graph, 'first', customer('a', { name: 'A' }));
    const { last } = await graph.feed.read({ after: BEGINNING, limit: 99 });
    await load(graph, 'second', customer('a', { name: 'B' }));
    await load(graph, 'third', { kind: 'remove-vertex', id: 'a' });
    expect(await read(last)).toEqual([{ kind: 'remove-vertex', id: 'a' }]);
  });

  it('tells an edge that moved as taken away from where it was', async () => {
    const tie = { kind: 'edge', id: 'tie', label: 'IDENTIFIED_AS', from: 'p', properties: {} } as const;
    await load(graph, 'first', customer('p'), customer('c0'), customer('c1'), { ...tie, to: 'c1' });
    const { last } = await graph.feed.read({ after: BEGINNING, limit: 99 });
    await load(graph, 'second', { kind: 'remove-edge', id: 'tie' }, { ...tie, to: 'c0' });
    expect(await read(last)).toEqual([
      { kind: 'remove-edge', id: 'tie', label: 'IDENTIFIED_AS', from: 'p', to: 'c1' },
      { ...tie, to: 'c0' },
    ]);
  });

  it('carries Longs that JSON cannot', async () => {
    await load(graph, 'first', customer('a', { at: 2n ** 63n - 1n, small: -1n }));
    expect(await read()).toEqual([customer('a', { at: 2n ** 63n - 1n, small: -1n })]);
  });

  it('tells what others wrote, too', async () => {
    await front.change((server) => server.query((g) => g.addV('Customer').property('age', 7)));
    expect(await read()).toMatchObject([{ kind: 'vertex', label: 'Customer', properties: { age: 7 } }]);
  });

  it('says that what comes after a position has expired', async () => {
    for (const id of ['1', '2', '3']) await load(graph, id, vertex(id));
    const { log } = await graph.feed.head();
    front.record.trim(2);
    const gone = { code: 'FEED_POSITION_EXPIRED', field: 'from' };
    await expect(read()).rejects.toMatchObject(gone);
    await expect(read({ commitNum: 1, opNum: 4, log })).rejects.toMatchObject(gone);
    expect(idsOf(await read({ commitNum: 2, opNum: 4, log }))).toEqual(['3']);
    front.record.trim(3);
    expect(await read({ commitNum: 3, opNum: 4, log })).toEqual([]);
  });

  it('is read again when it is busy, and says when it is not kept', async () => {
    await load(graph, 'first', vertex('1'));
    front.failHttp({ code: 'ThrottlingException', status: 429, times: 1 });
    front.failHttp({ code: 'InternalFailureException', status: 500, times: 1 });
    expect(idsOf(await read())).toEqual(['1']);
    front.failHttp({ code: 'cut', times: 1 });
    expect(idsOf(await read())).toEqual(['1']);
    front.failHttp({ code: 'UnsupportedOperationException', status: 400, times: 1 });
    await expect(read()).rejects.toMatchObject({ code: 'FEED_UNAVAILABLE', retryable: false });
  });
});

function manyElements(count: number): GraphElement[] {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return [
    ...numbers.map((n) => customer(`customer-${n}`, { score: n / 2 })),
    ...numbers.map((n) => event(`event-${n}`)),
    ...numbers.map((n) => performed(`customer-${n}`, `event-${n}`)),
  ];
}

function others(writer: number, round: number): GraphElement[] {
  return [customer(`own ${writer}`, { round: BigInt(round) })];
}
