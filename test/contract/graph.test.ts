import { cp, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driver, process as traversals } from 'gremlin';
import { ChangeLog } from '../../adapters/local/graph/change-log';
import { readChangeLog } from '../../adapters/local/graph/read-change-log';
import { openLocalGraph } from '../../adapters/local/graph/local-graph';
import type { LocalGraphOptions } from '../../adapters/local/graph/local-graph';
import type { GraphChange, GraphElement } from '../../core/graph/elements';
import type { Graph } from '../../ports/graph';
import { ENGINE_START_MS, startTestGremlin } from '../support/engines';
import type { TestGremlin } from '../support/engines';
import { allOf, customer, event, graphContract, inOrder, journey, once, performed } from './graph-contract';

let gremlin: TestGremlin;
let folder: string;
const opened: Graph[] = [];

beforeAll(async () => {
  gremlin = await startTestGremlin();
}, ENGINE_START_MS);
afterAll(() => gremlin.stop());

afterEach(async () => {
  for (const graph of opened.splice(0)) await graph.close();
});

/** A new change log, and a server with nothing in it. */
async function freshFolder(): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  folder = await mkdtemp(join(tmpdir(), 'hub-test-graph-'));
  await emptyServer(gremlin.url);
}

async function open(options: Partial<LocalGraphOptions> = {}): Promise<Graph> {
  const graph = await openLocalGraph({ url: gremlin.url, dir: folder, sharedFileSystem: true, ...options });
  opened.push(graph);
  return graph;
}

graphContract('local, upserts', { open: () => open(), reset: freshFolder });
graphContract('local, bulk read where it can', { open: () => open({ bulkFrom: 1 }), reset: freshFolder });

describe('a graph that outgrows its server', () => {
  let small: TestGremlin;
  beforeEach(async () => {
    small = await startTestGremlin({ heapMb: 96 });
    await freshFolder();
  }, ENGINE_START_MS);
  afterEach(() => small.stop());

  it('is an error that says what to set', async () => {
    const graph = await open({ url: small.url, reconnectMs: 5_000 });
    const load = graph.load({ key: 'k', changes: batches(manyElements(150_000), 5_000) }, { path: 'bulk' });
    await expect(load).rejects.toMatchObject({
      code: 'GRAPH_OUT_OF_MEMORY',
      field: 'engines.gremlin.heapMb',
      retryable: false,
    });
  });
});

describe('local graph', () => {
  beforeEach(freshFolder);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('gives the same graph by the bulk path as by upserts', async () => {
    const changes: GraphChange[] = [
      ...manyElements(200),
      customer('customer-1', { name: 'twice', empty: null }),
      performed('customer-1', 'event-7', { weight: 0.5 }),
      { kind: 'remove-vertex', id: 'customer-3' },
      customer('customer-3', { name: 'back' }),
    ];
    const bulk = await open();
    expect(await bulk.load({ key: 'k', changes: once(changes) }, { path: 'bulk' })).toEqual({
      path: 'bulk',
      changes: changes.length,
    });
    const byBulk = await allOf(bulk);
    // A snapshot that the server refuses is dropped, and its log replayed instead.
    expect(await readdir(join(folder, 'snapshots'))).toContain('0000000001.graphml');
    await bulk.close();
    await freshFolder();
    const upsert = await open({ batchSize: 7, commitChanges: 50 });
    await upsert.load({ key: 'k', changes: batches(changes, 30) }, { path: 'upsert' });
    expect(await allOf(upsert)).toEqual(byBulk);
  });

  it('goes on after the last durable batch of a load that was cut off', async () => {
    const elements = manyElements(100);
    const graph = await open({ commitChanges: 40 });
    await expect(
      graph.load({ key: 'k', changes: breakAfter(batches(elements, 20), 6) }, { path: 'upsert' }),
    ).rejects.toThrow('source broke');
    const durable = (await allOf(graph)).length;
    expect(durable).toBeGreaterThan(0);
    const reopened = await open({ commitChanges: 40 });
    expect(await reopened.load({ key: 'k', changes: batches(elements, 20) })).toEqual({
      path: 'upsert',
      changes: elements.length,
    });
    expect(await allOf(reopened)).toEqual(inOrder(elements));
    const logged = new Set((await logOf(folder)).filter(({ data }) => data.type === 'vl').map(({ data }) => data.id));
    const added = (await logOf(folder)).filter(({ data }) => data.type === 'vl');
    expect(added).toHaveLength(logged.size);
  });

  it('restores a server that was restarted, from snapshot and later commits', async () => {
    const graph = await open({ bulkFrom: 1 });
    await graph.load({ key: 'first', changes: once(manyElements(100)) });
    await graph.load({
      key: 'second',
      changes: once([customer('customer-1', { name: 'later' }), { kind: 'remove-vertex', id: 'event-1' }]),
    });
    const before = await allOf(graph);
    await gremlin.kill().back;
    expect(await allOf(graph)).toEqual(before);
  });

  it('restores a server that shares no files', async () => {
    const graph = await open({ sharedFileSystem: false });
    await graph.load({ key: 'first', changes: once(manyElements(100)) });
    const before = await allOf(graph);
    await gremlin.kill().back;
    expect(await allOf(graph)).toEqual(before);
  });

  it('loads everything though the server is killed in the middle', async () => {
    const elements = manyElements(300);
    const graph = await open({ commitChanges: 50 });
    let kills = 0;
    async function* changes(): AsyncGenerator<readonly GraphChange[]> {
      for await (const batch of batches(elements, 25)) {
        yield batch;
        if (++kills === 5 || kills === 15) gremlin.kill();
      }
    }
    await graph.load({ key: 'k', changes: changes() });
    expect(await allOf(graph)).toEqual(inOrder(elements));
  });

  it('writes a snapshot when replaying would take long, and restores from it', async () => {
    const graph = await open({ snapshotAfter: 100 });
    await graph.load({ key: 'first', changes: once(manyElements(100)) });
    expect(await readdir(join(folder, 'snapshots'))).toContain('0000000001.graphml');
    await graph.load({ key: 'second', changes: once([customer('customer-1', { odd: 'a\u0000b' })]) });
    await graph.load({ key: 'third', changes: once(manyElements(150)) });
    const before = await allOf(graph);
    expect(await snapshotsOf(folder)).toEqual([1, 3]);
    await gremlin.kill().back;
    expect(await allOf(graph)).toEqual(before);
  });

  it('compacts its log behind the snapshot before the newest, and restores from either', async () => {
    const graph = await open({ snapshotAfter: 60 });
    for (const count of [100, 150, 200]) await graph.load({ key: `${count}`, changes: once(manyElements(count)) });
    await graph.load({ key: 'last', changes: once([customer('customer-1', { name: 'last' })]) });
    expect(await snapshotsOf(folder)).toEqual([2, 3]);
    expect(await readdir(join(folder, 'log'))).toEqual(['0000000003.ndjson.gz', '0000000004.ndjson.gz']);
    const before = await allOf(graph);
    expect((await (await open()).load({ key: '100', changes: once([customer('other')]) })).path).toBe('already-loaded');
    await gremlin.kill().back;
    expect(await allOf(graph)).toEqual(before);
    await writeFile(join(folder, 'snapshots', '0000000003.graphml'), '<graphml><node id="x"');
    await gremlin.kill().back;
    expect(await allOf(graph)).toEqual(before);
    expect(await snapshotsOf(folder)).toEqual([2]);
    await writeFile(join(folder, 'snapshots', '0000000002.graphml'), '<graphml><node id="x"');
    await gremlin.kill().back;
    await expect(graph.counts()).rejects.toMatchObject({ code: 'GRAPH_LOG_INVALID' });
    expect(await snapshotsOf(folder)).toEqual([2]);
  });

  it('makes a server anew that is older than its compacted log', async () => {
    const graph = await open({ snapshotAfter: 60 });
    await graph.load({ key: 'first', changes: once(manyElements(50)) });
    const old = await mkdtemp(join(tmpdir(), 'hub-test-graph-'));
    await cp(folder, old, { recursive: true });
    for (const count of [100, 150]) await graph.load({ key: `${count}`, changes: once(manyElements(count)) });
    const before = await allOf(graph);
    await emptyServer(gremlin.url);
    const backup = await open({ dir: old });
    expect(await backup.counts()).toMatchObject({ vertices: { Customer: 50 } });
    expect(await allOf(graph)).toEqual(before);
    await rm(old, { recursive: true });
  });

  it('makes a snapshot of many small commits, which take long to replay', async () => {
    const graph = await open({ snapshotAfter: 500 });
    for (let n = 0; n < 9; n++) await graph.load({ changes: once([customer('a', { n })]) });
    expect(await snapshotsOf(folder)).toEqual([]);
    await graph.load({ changes: once([customer('a', { n: 9 })]) });
    expect(await snapshotsOf(folder)).toEqual([10]);
  });

  it('does not read what a snapshot covers', async () => {
    const graph = await open({ bulkFrom: 1 });
    await graph.load({ key: 'first', changes: once(journey()) });
    const segment = join(folder, 'log', '0000000001.ndjson.gz');
    await truncate(segment, (await stat(segment)).size - 20);
    await gremlin.kill().back;
    expect(await allOf(graph)).toEqual(inOrder(journey()));
  });

  it('never takes a commit for applied that is not', async () => {
    const log = await ChangeLog.open(folder);
    for (const change of [customer('a'), performed('nobody', 'nothing'), customer('b')]) {
      const commit = log.begin(change.id);
      await commit.add([change]);
      await log.publish(commit, { done: 1, finished: true });
    }
    const graph = await open();
    await expect(graph.counts()).rejects.toMatchObject({ code: 'GRAPH_LOAD_FAILED' });
    await expect(graph.counts()).rejects.toMatchObject({ code: 'GRAPH_LOAD_FAILED' });
  });

  it('restores from the log when the snapshot is damaged', async () => {
    const graph = await open({ bulkFrom: 1 });
    await graph.load({ key: 'first', changes: once(journey()) });
    await writeFile(join(folder, 'snapshots', '0000000001.graphml'), '<graphml><node id="x"');
    await gremlin.kill().back;
    expect(await allOf(graph)).toEqual(inOrder(journey()));
  });

  it('lets one of two writers win, and tells the other to try again', async () => {
    const [one, two] = [await open(), await open()];
    const outcomes = await Promise.allSettled([
      one.load({ key: 'one', changes: once([customer('one')]) }),
      two.load({ key: 'two', changes: once([customer('two')]) }),
    ]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'GRAPH_CONFLICT', retryable: true });
    }
    expect(outcomes.some((outcome) => outcome.status === 'fulfilled')).toBe(true);
    await one.load({ key: 'one', changes: once([customer('one')]) });
    await two.load({ key: 'two', changes: once([customer('two')]) });
    expect(await allOf(one)).toEqual(inOrder([customer('one'), customer('two')]));
  });

  it('refuses a server that holds the graph of another folder', async () => {
    const first = await open();
    await first.load({ key: 'k', changes: once(journey()) });
    const other = await mkdtemp(join(tmpdir(), 'hub-test-graph-'));
    const stranger = await open({ dir: other });
    await expect(stranger.counts()).rejects.toMatchObject({ code: 'GRAPH_FOREIGN', field: 'engines.gremlin.url' });
    await rm(other, { recursive: true });
  });

  it('says when no server answers', async () => {
    const lost = await open({ url: 'ws://127.0.0.1:1/gremlin', reconnectMs: 200 });
    await expect(lost.counts()).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE', retryable: true });
  });

  it('keeps a change feed in order, which can be read from any record', async () => {
    const graph = await open({ bulkFrom: 1 });
    await graph.load({ key: 'first', changes: once([customer('a', { name: 'Ann' }), event('1')]) });
    await graph.load({
      key: 'second',
      changes: once([performed('a', '1'), { kind: 'remove-edge', id: 'performed-1' }]),
    });
    const records = await logOf(folder);
    expect(records.map(({ eventId, op, data }) => [eventId.commitNum, eventId.opNum, op, data.type, data.id])).toEqual([
      [1, 1, 'ADD', 'vl', 'a'],
      [1, 2, 'ADD', 'vp', 'a'],
      [1, 3, 'ADD', 'vl', '1'],
      [1, 4, 'ADD', 'vp', '1'],
      [1, 5, 'ADD', 'vp', '1'],
      [2, 1, 'ADD', 'e', 'performed-1'],
      [2, 2, 'REMOVE', 'e', 'performed-1'],
    ]);
    expect(records.filter((record) => record.isLastOp).map(({ eventId }) => eventId)).toEqual([
      { commitNum: 1, opNum: 5 },
      { commitNum: 2, opNum: 2 },
    ]);
    expect(await logOf(folder, { from: { commitNum: 1, opNum: 4 }, limit: 3 })).toEqual(records.slice(3, 6));
  });
});

/** The commits of which there are snapshots. */
async function snapshotsOf(dir: string): Promise<number[]> {
  const names = await readdir(join(dir, 'snapshots'));
  return names.filter((name) => name.endsWith('.graphml')).map((name) => Number.parseInt(name, 10));
}

async function logOf(dir: string, options: object = {}) {
  const records = [];
  for await (const record of readChangeLog({ dir, ...options })) records.push(record);
  return records;
}

function manyElements(count: number): GraphElement[] {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return [
    ...numbers.map((n) => customer(`customer-${n}`, n % 3 === 0 ? { name: `N <${n}>`, empty: '' } : { score: n / 2 })),
    ...numbers.map((n) => event(`event-${n}`)),
    ...numbers.map((n) => performed(`customer-${n}`, `event-${n}`, n % 2 === 0 ? {} : { weight: n })),
  ];
}

async function* batches(changes: readonly GraphChange[], size: number): AsyncGenerator<readonly GraphChange[]> {
  for (let start = 0; start < changes.length; start += size) yield changes.slice(start, start + size);
}

async function* breakAfter<T>(source: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  let left = count;
  for await (const item of source) {
    if (left-- === 0) throw new Error('source broke');
    yield item;
  }
}

/** Takes everything out of the server, the note of whose graph it holds included. */
async function emptyServer(url: string): Promise<void> {
  const connection = new driver.DriverRemoteConnection(url);
  await traversals.AnonymousTraversalSource.traversal().withRemote(connection).V().drop().toList();
  await connection.close();
}
