import { randomUUID } from 'node:crypto';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  KinesisClient,
  PutRecordCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { clientConfig, type AwsConnection } from '../../adapters/aws/client-policy';
import { KinesisStream } from '../../adapters/aws/kinesis/kinesis-stream';
import { EXPIRED_TOKEN, FaultProxy, UNAVAILABLE, isOperation, type Fault } from '../stand-ins/fault-proxy';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { ENGINE_START_MS } from '../support/engines';
import { testConnection } from '../support/aws';
import { eventStreamContract, readAll, textOf, type StreamUnderTest } from './event-stream-contract';

let moto: MotoServer;
let proxy: FaultProxy;
let admin: KinesisClient;
beforeAll(async () => {
  moto = await startMoto();
  proxy = await FaultProxy.start(moto.url);
  admin = new KinesisClient(clientConfig('kinesis', testConnection(moto.url, ['kinesis'])));
}, ENGINE_START_MS);
afterAll(async () => {
  admin.destroy();
  await proxy.stop();
  await moto.stop();
});

async function openStream(shards = 1, connection: Partial<AwsConnection> = {}): Promise<StreamUnderTest> {
  proxy.reset();
  const name = `hub-test-${randomUUID()}`;
  await admin.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
  const stream = new KinesisStream(testConnection(proxy.url, ['kinesis'], connection), {
    stream: name,
    pageRecords: 3,
    pauseMs: 5,
  });
  return {
    stream,
    put: async (key, ...data) => {
      for (const text of data) {
        await admin.send(new PutRecordCommand({ StreamName: name, PartitionKey: key, Data: Buffer.from(text) }));
      }
    },
    split: async (shard) => {
      const { StreamDescription } = await admin.send(new DescribeStreamCommand({ StreamName: name }));
      const range = StreamDescription!.Shards!.find(({ ShardId }) => ShardId === shard)!.HashKeyRange!;
      const middle = (BigInt(range.StartingHashKey!) + BigInt(range.EndingHashKey!)) / 2n;
      await admin.send(
        new SplitShardCommand({ StreamName: name, ShardToSplit: shard, NewStartingHashKey: String(middle) }),
      );
    },
    close: () => stream.close(),
  };
}

eventStreamContract('Kinesis', openStream);

const error = (code: string): Fault => ({ kind: 'error', status: 400, code });

describe('Kinesis, by way of a network with faults', () => {
  let opened: StreamUnderTest;
  beforeEach(async () => {
    opened = await openStream();
    await opened.put('k', 'a', 'b', 'c', 'd');
  });
  afterEach(() => opened.close());
  const readTexts = async () =>
    (await readAll(opened.stream, (await opened.stream.shards())[0]!.id)).records.map(textOf);

  it.each<[string, Fault]>([
    ['a busy shard', error('ProvisionedThroughputExceededException')],
    ['a service that is not well', UNAVAILABLE],
    ['a connection that is refused', { kind: 'refuse' }],
    ['an answer that is lost', { kind: 'cut', at: 'answer' }],
  ])('is read whole in spite of %s', async (_, fault) => {
    const identity = await opened.stream.identity();
    const actions = ['DescribeStreamSummary', 'ListShards', 'GetShardIterator', 'GetRecords'];
    for (const action of actions) proxy.order(2, fault, isOperation(action));
    expect(await opened.stream.identity()).toBe(identity);
    expect(await readTexts()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has a new iterator where one has expired, and goes on behind what it has read', async () => {
    let reads = 0;
    proxy.order(1, error('ExpiredIteratorException'), (request) => isOperation('GetRecords')(request) && ++reads === 2);
    expect(await readTexts()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('takes a shard that has gone for one that is at its end', async () => {
    proxy.order(1, error('ResourceNotFoundException'), isOperation('GetRecords'));
    const { records, isEnd } = await readAll(opened.stream, (await opened.stream.shards())[0]!.id);
    expect({ records, isEnd }).toEqual({ records: [], isEnd: true });
  });

  it('tells expired credentials, and a stream that there is not', async () => {
    proxy.order(1, EXPIRED_TOKEN, isOperation('ListShards'));
    await expect(opened.stream.shards()).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_EXPIRED', retryable: false });
    const other = new KinesisStream(testConnection(moto.url, ['kinesis']), { stream: 'nobody’s' });
    await expect(other.shards()).rejects.toMatchObject({
      code: 'AWS_NOT_FOUND',
      message: expect.stringContaining('"nobody’s"') as string,
    });
    await other.close();
  });

  it('tells a stream that was made anew under the same name from the one before', async () => {
    const stream = `hub-test-${randomUUID()}`;
    const make = () => admin.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 1 }));
    const kinesis = new KinesisStream(testConnection(moto.url, ['kinesis']), { stream });
    await make();
    const former = await kinesis.identity();
    await admin.send(new DeleteStreamCommand({ StreamName: stream }));
    await make();
    expect(await kinesis.identity()).not.toBe(former);
    await kinesis.close();
  });

  it('lists the shards of many pages', async () => {
    const { stream, close } = await openStream(7);
    expect(new Set((await stream.shards()).map(({ id }) => id)).size).toBe(7);
    await close();
  });
});
