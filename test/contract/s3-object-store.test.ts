import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { clientConfig, type AwsConnection } from '../../adapters/aws/client-policy';
import { openS3ObjectStore, type S3ObjectStoreOptions } from '../../adapters/aws/s3/s3-object-store';
import type { ObjectStore } from '../../ports/object-store';
import { EXPIRED_TOKEN, FaultProxy, SLOW_DOWN, UNAVAILABLE, type Fault, type Matches } from '../stand-ins/fault-proxy';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { ENGINE_START_MS } from '../support/engines';
import { testConnection } from '../support/aws';
import { hashOf, heads, inPieces, madeUp, objectStoreContract, text, textOf } from './object-store-contract';

const MEBIBYTE = 1 << 20;
let moto: MotoServer;
let proxy: FaultProxy;
let admin: S3Client;
beforeAll(async () => {
  moto = await startMoto();
  proxy = await FaultProxy.start(moto.url);
  admin = new S3Client({ ...clientConfig('s3', testConnection(moto.url, ['s3'])), forcePathStyle: true });
}, ENGINE_START_MS);
afterAll(async () => {
  admin.destroy();
  await proxy.stop();
  await moto.stop();
});

async function openEmpty(options: Partial<S3ObjectStoreOptions> = {}, connection: Partial<AwsConnection> = {}) {
  proxy.reset();
  const bucket = `hub-test-${randomUUID()}`;
  await admin.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }),
  );
  const opened: ObjectStore[] = [];
  const reopen = async () => {
    const settings = { bucket, prefix: 'a prefix/', partBytes: 5 * MEBIBYTE, pageSize: 3, ...options };
    const store = openS3ObjectStore(testConnection(proxy.url, ['s3'], connection), settings);
    opened.push(store);
    return store;
  };
  const close = async () => {
    // Whatever a test did, no parts are left that somebody would pay for.
    expect((await admin.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []).toEqual([]);
    await Promise.all(opened.map((store) => store.close()));
  };
  return { bucket, store: await reopen(), reopen, close };
}

objectStoreContract('S3', openEmpty);

const isPut: Matches = ({ method, url }) => method === 'PUT' && !url.includes('uploadId');
const isPart: Matches = ({ method, url }) => method === 'PUT' && url.includes('partNumber');
const isComplete: Matches = ({ method, url }) => method === 'POST' && url.includes('uploadId');
const isGet: Matches = ({ method }) => method === 'GET';

describe('objects of S3, by way of a network with faults', () => {
  let opened: Awaited<ReturnType<typeof openEmpty>>;
  let store: ObjectStore;
  beforeEach(async () => {
    opened = await openEmpty();
    store = opened.store;
  });
  afterEach(() => opened.close());

  it.each<[string, Fault]>([
    ['a busy service', SLOW_DOWN],
    ['a service that is not well', UNAVAILABLE],
    ['a connection that is refused', { kind: 'refuse' }],
    ['an answer that is lost', { kind: 'cut', at: 'answer' }],
  ])('are written, read, listed and removed in spite of %s', async (_, fault) => {
    const content = madeUp(11 * MEBIBYTE);
    proxy.order(1, fault, isPart);
    proxy.order(1, fault, isComplete);
    await store.put('large', inPieces(content, 1_000_003));
    proxy.order(1, fault, isPut);
    await store.put('small', text('x'));
    proxy.order(2, fault, isGet);
    expect(hashOf(await store.read('large'))).toBe(hashOf(content));
    proxy.order(1, fault, isGet);
    expect((await heads(store.list(''))).map(({ key }) => key)).toEqual(['large', 'small']);
    proxy.order(1, fault);
    await store.remove(['large', 'small']);
    expect(await heads(store.list(''))).toEqual([]);
  });

  it.each<[string, Fault]>([
    ['is lost', { kind: 'cut', at: 'answer' }],
    ['comes too late', { kind: 'hang' }],
  ])('are one’s own when the answer to a conditional write %s', async (_, fault) => {
    const { store } = await openEmpty({}, { requestMs: 400 });
    const lost: Fault = fault.kind === 'hang' ? { kind: 'delay', ms: 1_000 } : fault;
    proxy.order(1, lost, isPut);
    expect(await store.putIfAbsent('key', text('mine'))).toBe(true);
    expect(await store.putIfAbsent('key', text('mine'))).toBe(false);
    await store.close();
  });

  it('are tried again when another conditional write is under way, or its object is removed meanwhile', async () => {
    proxy.order(2, { kind: 'error', status: 409, code: 'ConditionalRequestConflict' }, isPut);
    expect(await store.putIfAbsent('key', text('mine'))).toBe(true);
    proxy.order(1, { kind: 'error', status: 412, code: 'PreconditionFailed' }, isPut);
    expect(await store.putIfAbsent('other', text('mine'))).toBe(true);
  });

  it('are there when the upload was completed but its answer lost, and S3 knows the upload no more', async () => {
    proxy.order(1, { kind: 'rewrite', rewrite: noSuchUpload }, isComplete);
    await store.put('key', inPieces(madeUp(6 * MEBIBYTE), 100_000));
    proxy.order(Infinity, { kind: 'answer', answer: noSuchUpload }, isComplete);
    await expect(store.put('other', inPieces(madeUp(6 * MEBIBYTE), 100_000))).rejects.toMatchObject({
      code: 'AWS_NOT_FOUND',
      message: expect.stringContaining('NoSuchUpload'),
    });
    expect(await store.head('other')).toBeUndefined();
  });

  it('go on where their answer broke off, and only that once', async () => {
    const content = madeUp(3 * MEBIBYTE);
    await store.put('key', content);
    proxy.reset();
    proxy.order(2, { kind: 'cut', at: 'half-way' }, isGet);
    expect(hashOf(await store.read('key'))).toBe(hashOf(content));
    expect(proxy.seen.map(({ headers }) => headers.range)).toEqual([
      undefined,
      expect.stringMatching(/^bytes=\d+-$/),
      expect.stringMatching(/^bytes=\d+-$/),
    ]);
    proxy.order(1, { kind: 'cut', at: 'half-way' }, isGet);
    expect(hashOf(await store.read('key', { range: { from: 7, to: 2_000_000 } }))).toBe(
      hashOf(content.subarray(7, 2_000_000)),
    );
  });

  it('are not mixed from two versions', async () => {
    await store.put('key', madeUp(3 * MEBIBYTE));
    proxy.order(1, { kind: 'cut', at: 'half-way' }, isGet);
    const reading = store.stream('key')[Symbol.asyncIterator]();
    await reading.next();
    await (await opened.reopen()).put('key', madeUp(3 * MEBIBYTE).reverse());
    const rest = async () => {
      while (!(await reading.next()).done);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'OBJECT_CHANGED', retryable: true });
  });

  it.each([
    ['small', 1_000],
    ['large', 6 * MEBIBYTE],
  ])('that were damaged are noticed before the last piece: %s', async (key, size) => {
    await store.put(key, inPieces(madeUp(size), 100_000));
    proxy.order(1, { kind: 'rewrite', rewrite: damaged }, isGet);
    const pieces: Uint8Array[] = [];
    const reading = async () => {
      for await (const piece of store.stream(key)) pieces.push(piece);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'OBJECT_DAMAGED', retryable: true });
    expect(Buffer.concat(pieces).length).toBeLessThan(size);
  });

  it('hold a bounded part of a source in memory, and are given up when called off', async () => {
    proxy.order(Infinity, { kind: 'hang' }, isPart);
    const abort = new AbortController();
    let taken = 0;
    async function* source() {
      for (;;) {
        taken += MEBIBYTE;
        // Nothing more is asked for once five parts are gathered: four on their way, and one that waits.
        if (taken === 25 * MEBIBYTE) setTimeout(() => abort.abort(), 200);
        yield Buffer.alloc(MEBIBYTE);
      }
    }
    await expect(store.put('key', source(), abort.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(taken).toBe(25 * MEBIBYTE);
    expect(await heads(store.list(''))).toEqual([]);
  });

  it('say so when time runs out, when they are throttled for long, and when credentials expired', async () => {
    const { store, close } = await openEmpty({}, { attempts: 2, requestMs: 200 });
    const failure = async (fault: Fault) => {
      proxy.order(2, fault);
      return store.put('key', text('x')).then(
        () => undefined,
        ({ code, retryable }: { code: string; retryable: boolean }) => [code, retryable],
      );
    };
    expect(await failure({ kind: 'hang' })).toEqual(['AWS_TIMEOUT', true]);
    expect(await failure(SLOW_DOWN)).toEqual(['AWS_THROTTLED', true]);
    expect(await failure(EXPIRED_TOKEN)).toEqual(['AWS_CREDENTIALS_EXPIRED', false]);
    proxy.reset();
    await close();
  });

  it('that S3 did not remove are asked for again, or told', async () => {
    for (const key of ['a', 'b']) await store.put(key, text(key));
    const refusing = (code: string): Fault => ({ kind: 'answer', answer: () => refusal(code) });
    proxy.reset();
    proxy.order(1, refusing('InternalError'));
    await store.remove(['a', 'b']);
    expect(proxy.seen).toHaveLength(2);
    expect(proxy.seen[1]!.body.toString()).not.toContain('prefix/a<');
    proxy.order(Infinity, refusing('AccessDenied'));
    await expect(store.remove(['a', 'b'])).rejects.toMatchObject({
      code: 'OBJECTS_NOT_REMOVED',
      retryable: false,
      message: expect.stringContaining('a prefix/b: AccessDenied'),
    });
    proxy.reset();
  });
});

describe('a bucket', () => {
  it('that is not there is told from an object that is not there', async () => {
    const store = openS3ObjectStore(testConnection(moto.url, ['s3']), { bucket: 'hub-test-never-created' });
    const missing = { code: 'AWS_NOT_FOUND', retryable: false };
    for (const work of [
      () => store.head('key'),
      () => store.read('key'),
      () => store.put('key', text('x')),
      () => store.putIfAbsent('key', text('x')),
      () => heads(store.list('')),
    ])
      await expect(work()).rejects.toMatchObject(missing);
    await store.close();
  });

  it('encrypts with the key that is given', async () => {
    const { bucket, store, close } = await openEmpty({ kmsKeyId: 'alias/hub' });
    await store.put('small', text('x'));
    await store.put('large', inPieces(madeUp(6 * MEBIBYTE), 100_000));
    for (const key of ['small', 'large'])
      expect(await admin.send(new HeadObjectCommand({ Bucket: bucket, Key: `a prefix/${key}` }))).toMatchObject({
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: expect.stringContaining('alias/hub'),
      });
    await close();
  });

  it('may hold what others wrote, with other checksums or none', async () => {
    const { bucket, store, close } = await openEmpty();
    for (const ChecksumAlgorithm of ['SHA256', 'CRC32C', undefined] as const) {
      await admin.send(new PutObjectCommand({ Bucket: bucket, Key: 'a prefix/x', Body: 'theirs', ChecksumAlgorithm }));
      expect(textOf(await store.read('x'))).toBe('theirs');
    }
    await admin.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a prefix/x' }));
    expect(await store.head('x')).toBeUndefined();
    await close();
  });

  it.each([
    [{ prefix: 'half' }, 'does not end with "/"'],
    [{ partBytes: 1_000 }, 'none below 5 MiB'],
  ])('is not opened with %j', (options, message) => {
    expect(() => openS3ObjectStore(testConnection('http://127.0.0.1:1', ['s3']), { bucket: 'b', ...options })).toThrow(
      expect.objectContaining({ code: 'OBJECT_STORE_INVALID', message: expect.stringContaining(message) }),
    );
  });
});

function noSuchUpload() {
  const body = '<?xml version="1.0"?><Error><Code>NoSuchUpload</Code><Message>gone</Message></Error>';
  return { status: 404, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
}

function damaged<Answer extends { readonly body: Buffer }>(answer: Answer): Answer {
  const body = Buffer.from(answer.body);
  body[10]! ^= 1;
  return { ...answer, body };
}

function refusal(code: string) {
  const error = `<Error><Key>a prefix/b</Key><Code>${code}</Code><Message>no</Message></Error>`;
  const body = `<?xml version="1.0"?><DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${error}</DeleteResult>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
}
