import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { clientConfig } from '../../adapters/aws/client-policy';
import { BulkLoadRefused } from '../../adapters/aws/neptune/bulk-loader';
import {
  openNeptuneGraph,
  type NeptuneGraph,
  type NeptuneGraphOptions,
} from '../../adapters/aws/neptune/neptune-graph';
import { openS3ObjectStore } from '../../adapters/aws/s3/s3-object-store';
import type { GraphChange, GraphElement } from '../../core/graph/elements';
import type { ObjectStore } from '../../ports/object-store';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { FRONT_REGION, NeptuneFront } from '../stand-ins/neptune-front';
import { FrontLoader } from '../stand-ins/neptune-loader';
import { testConnection } from '../support/aws';
import { ENGINE_START_MS } from '../support/engines';
import { BEGINNING } from './change-feed-contract';
import { allOf, customer, event, graphContract, inOrder, once, performed } from './graph-contract';

const BUCKET = 'hub-test-loader';
const ROOT = `s3://${BUCKET}/a prefix/`;
let moto: MotoServer;
let front: NeptuneFront;
let store: ObjectStore;
let loader: FrontLoader;
const opened: NeptuneGraph[] = [];

beforeAll(async () => {
  moto = await startMoto();
  front = await NeptuneFront.start();
  const connection = testConnection(moto.url, ['s3']);
  const admin = new S3Client({ ...clientConfig('s3', connection), forcePathStyle: true });
  const CreateBucketConfiguration = { LocationConstraint: FRONT_REGION } as const;
  await admin.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }));
  admin.destroy();
  store = openS3ObjectStore(connection, { bucket: BUCKET, prefix: 'a prefix/' });
  loader = new FrontLoader(front, store, ROOT);
}, ENGINE_START_MS);
afterAll(async () => {
  await store.close();
  await front.stop();
  await moto.stop();
});
afterEach(async () => {
  for (const graph of opened.splice(0)) await graph.close();
});

async function reset(): Promise<void> {
  await front.reset();
  loader.forget();
  front.httpPart = loader.answer;
  await store.remove(await keys());
}

function open(options: Partial<NeptuneGraphOptions> = {}): NeptuneGraph {
  const graph = openNeptuneGraph({
    connection: testConnection(front.url, ['neptune']),
    iam: false,
    bulkFrom: 1,
    loader: { store, uri: ROOT, roleArn: 'arn:aws:iam::1:role/loader', fileRows: 10, pollMs: 20 },
    ...options,
  });
  opened.push(graph);
  return graph;
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list('')) found.push(key);
  return found;
}

graphContract('Neptune, bulk loader and then Gremlin', {
  allOrNothing: false,
  open: () => Promise.resolve(open()),
  reset,
});

describe("Neptune's bulk loader", () => {
  beforeEach(reset);

  it('gives the same graph as upserts, of what CSV can carry and what it cannot', async () => {
    const changes: GraphChange[] = [
      ...manyElements(25),
      customer('customer-1', { name: 'twice', empty: null }),
      customer('odd', { infinite: Infinity, empty: '', 'a:b': 'x', padded: ' x ', control: '\u0001' }),
      customer('plain', {
        text: 'quotes " "" , ; \r\n \\ 😀 Ünï',
        größe: 2,
        yes: true,
        long: 2n ** 63n - 1n,
        tiny: 5e-324,
      }),
      customer('other type', { größe: 'XL' }),
      performed('odd', 'event-1', {}, 'of odd'),
      performed('customer-1', 'event-7', { weight: 0.5, note: 'a, "b"' }),
      { kind: 'remove-vertex', id: 'customer-3' },
      customer('customer-3', { name: 'back' }),
    ];
    const result = { changes: changes.length };
    expect(await open().load({ key: 'k', changes: once(changes) })).toEqual({ path: 'bulk', ...result });
    const byBulk = await allOf(open());
    expect(loader.started).toHaveLength(2);
    expect(await keys()).toEqual([]);
    await reset();
    expect(await open().load({ key: 'k', changes: once(changes) }, { path: 'upsert' })).toEqual({
      path: 'upsert',
      ...result,
    });
    expect(loader.started).toEqual([]);
    expect(byBulk).toEqual(await allOf(open()));
  });

  it('is left for Gremlin where few changes come, and refused where there is none', async () => {
    const graph = open({ bulkFrom: 200 });
    expect((await graph.load({ changes: once(manyElements(10)) })).path).toBe('upsert');
    expect((await graph.load({ changes: once([customer('a')]), expected: 200 })).path).toBe('bulk');
    expect((await graph.load({ changes: once([customer('a')]) }, { path: 'bulk' })).path).toBe('bulk');
    const plain = openNeptuneGraph({ connection: testConnection(front.url, ['neptune']), iam: false });
    opened.push(plain);
    await expect(plain.load({ changes: once([]) }, { path: 'bulk' })).rejects.toMatchObject({ field: 'path' });
  });

  it('asks Neptune to replace single values, to stop at errors, and to go on with what it has', async () => {
    await open().load({ key: 'k', changes: once(manyElements(3)) });
    expect(loader.started[0]).toEqual({
      source: expect.stringMatching(/^s3:\/\/hub-test-loader\/a prefix\/neptune-loads\/[0-9a-f]{32}\/vertices\/$/),
      format: 'csv',
      iamRoleArn: 'arn:aws:iam::1:role/loader',
      region: FRONT_REGION,
      mode: 'AUTO',
      failOnError: true,
      updateSingleCardinalityProperties: true,
      queueRequest: true,
    });
  });

  it('is told to stop when the signal fires, and a repeat goes on with the files that are left', async () => {
    const elements = manyElements(25);
    const stop = new AbortController();
    const files: string[] = [];
    loader.beforeFile = async (uri) => {
      files.push(uri);
      if (files.length < 3 || stop.signal.aborted) return;
      stop.abort();
      await until(() => [...loader.jobs.values()].some(({ status }) => status === 'LOAD_CANCELLED_BY_USER'));
    };
    const stopped = open().load({ key: 'k', changes: once(elements) }, { signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    async function* neverAsked(): AsyncGenerator<GraphChange[]> {
      yield await Promise.reject(new Error('the files are there'));
    }
    const again = await open().load({ key: 'k', changes: neverAsked(), expected: 75 });
    expect(again).toEqual({ path: 'bulk', changes: elements.length });
    expect(await allOf(open())).toEqual(inOrder(elements));
  });

  it('does not begin a job anew that an attempt before began', async () => {
    const elements = manyElements(3);
    const graph = open();
    let polls = 0;
    front.httpPart = (method, url, body) => {
      // The process is gone once the second job runs.
      if (method === 'GET' && loader.started.length === 2 && polls++ === 0) {
        return Promise.resolve({
          status: 400,
          body: JSON.stringify({ code: 'BadRequestException', detailedMessage: 'x' }),
        });
      }
      return loader.answer(method, url, body);
    };
    await expect(graph.load({ key: 'k', changes: once(elements) })).rejects.toMatchObject({
      code: 'AWS_REQUEST_INVALID',
    });
    expect((await open().load({ key: 'k', changes: once(elements) })).path).toBe('bulk');
    expect(loader.started).toHaveLength(2);
    expect(await allOf(open())).toEqual(inOrder(elements));
  });

  it('begins a job anew that Neptune has forgotten', async () => {
    const elements = manyElements(3);
    const stop = new AbortController();
    loader.beforeFile = () => {
      stop.abort();
      return new Promise(() => undefined);
    };
    const stopped = open().load({ key: 'k', changes: once(elements) }, { signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    loader.forget();
    expect((await open().load({ key: 'k', changes: once(elements) })).path).toBe('bulk');
    expect(await allOf(open())).toEqual(inOrder(elements));
  });

  it('is asked by signed requests where the cluster has IAM authentication', async () => {
    const ann = { accessKeyId: 'AKIDANN', secretAccessKey: 'of Ann', sessionToken: 'token of Ann' };
    front.requireSignature(ann);
    const graph = open({ iam: true, credentials: () => Promise.resolve(ann) });
    expect((await graph.load({ key: 'k', changes: once(manyElements(3)) })).path).toBe('bulk');
    await expect(open().counts()).rejects.toMatchObject({ code: 'AWS_ACCESS_DENIED' });
  });

  it('names the rows that it refuses, and takes corrected ones under the same name', async () => {
    const bad = [...manyElements(3), performed('nobody', 'event-1', {}, 'lost')];
    const refused = await open()
      .load({ key: 'k', changes: once(bad) })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BulkLoadRefused);
    expect(refused).toMatchObject({
      code: 'GRAPH_LOAD_FAILED',
      message: expect.stringMatching(/edges\/000001-PERFORMED\.csv\.gz, record 4: FROM_OR_TO_VERTEX_ARE_MISSING/),
      rows: [{ recordNum: 4 }],
    });
    await open().load({ key: 'k', changes: once(manyElements(3)) });
    expect(await allOf(open())).toEqual(inOrder(manyElements(3)));
  });

  it('is begun again where it ended for reasons of its own, but not without end', async () => {
    loader.endings.push('LOAD_S3_READ_ERROR', 'LOAD_COMMITTED_W_WRITE_CONFLICTS');
    await open().load({ key: 'k', changes: once(manyElements(3)) });
    expect(await allOf(open())).toEqual(inOrder(manyElements(3)));
    loader.endings.push(...Array.from({ length: 9 }, () => 'LOAD_UNEXPECTED_ERROR'));
    const failed = open().load({ key: 'other', changes: once(manyElements(4)) });
    await expect(failed).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE', retryable: true });
    loader.endings.length = 0;
    loader.endings.push('LOAD_CANCELLED_BY_USER');
    const cancelled = open().load({ key: 'third', changes: once(manyElements(4)) });
    await expect(cancelled).rejects.toMatchObject({ code: 'GRAPH_LOAD_CANCELLED' });
  });

  it('is told by the stream like everything else', async () => {
    const graph = open();
    await graph.load({ key: 'k', changes: once(manyElements(2)) });
    const { changes } = await graph.feed.read({ after: BEGINNING, limit: 99 });
    expect(inOrder(changes as GraphElement[])).toEqual(inOrder(manyElements(2)));
  });
});

/** Resolves when something has come true, which it does soon. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

function manyElements(count: number): GraphElement[] {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return [
    ...numbers.map((n) => customer(`customer-${n}`, n % 3 === 0 ? { name: `N <${n}>` } : { score: n / 2 })),
    ...numbers.map((n) => event(`event-${n}`)),
    ...numbers.map((n) => performed(`customer-${n}`, `event-${n}`, n % 2 === 0 ? {} : { weight: n })),
  ];
}
