import { randomUUID } from 'node:crypto';
import { ProduceAcks, Producer, stringSerializers } from '@platformatic/kafka';
import type { KafkaAddress } from '../../adapters/open/kafka/kafka-address';
import { KafkaStream } from '../../adapters/open/kafka/kafka-stream';
import { KAFKA_USER, startKafka, type KafkaServer } from '../stand-ins/kafka-server';
import { ENGINE_START_MS } from '../support/engines';
import { eventStreamContract, readAll, textOf, type StreamUnderTest } from './event-stream-contract';

type Compression = 'none' | 'gzip' | 'snappy' | 'lz4';

let kafka: KafkaServer;
let producer: ReturnType<typeof producerOf>;
beforeAll(async () => {
  kafka = await startKafka();
  producer = producerOf();
}, ENGINE_START_MS);
afterAll(async () => {
  await producer?.close();
  await kafka?.stop();
});

function producerOf(transactionalId?: string) {
  return new Producer({
    clientId: 'test',
    bootstrapBrokers: [kafka.broker],
    serializers: stringSerializers,
    ...(transactionalId === undefined ? {} : { transactionalId, idempotent: true }),
  });
}

const addressOf = (change: Partial<KafkaAddress> = {}): KafkaAddress => ({
  brokers: [kafka.broker],
  group: `hub-${randomUUID()}`,
  tls: false,
  ...change,
});

interface Topic extends StreamUnderTest {
  readonly topic: string;
  /** Records of one batch. */
  putBatch(values: readonly (string | null)[], compression?: Compression): Promise<void>;
}

async function openTopic(change: Partial<KafkaAddress> = {}, pageBytes = 1): Promise<Topic> {
  const topic = `hub-test-${randomUUID()}`;
  await kafka.admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
  const stream = new KafkaStream(addressOf(change), { topic, pageBytes, waitMs: 5 });
  const putBatch = async (values: readonly (string | null)[], compression: Compression = 'none') => {
    const messages = values.map((value) => ({ topic, partition: 0, key: 'k', value: value as string }));
    await producer.send({ messages, compression, acks: ProduceAcks.ALL });
  };
  return {
    topic,
    stream,
    putBatch,
    put: async (_key, ...data) => {
      for (const text of data) await putBatch([text]);
    },
    split: async () => {
      await kafka.admin.createPartitions({ topics: [{ name: topic, count: 2, assignments: [{ brokerIds: [1] }] }] });
    },
    close: () => stream.close(),
  };
}

eventStreamContract('Kafka', openTopic, 'never end');

describe('a topic of Kafka', () => {
  let opened: Topic;
  beforeEach(async () => {
    opened = await openTopic();
  });
  afterEach(() => opened.close());
  const texts = async (after?: Parameters<typeof readAll>[2]) =>
    (await readAll(opened.stream, '0', after)).records.map(textOf);

  it.each<Compression>(['none', 'gzip', 'snappy', 'lz4'])('is read from within a batch (%s)', async (compression) => {
    await opened.putBatch(['a', 'b', 'c', 'd'], compression);
    expect(await texts()).toEqual(['a', 'b', 'c', 'd']);
    expect(await texts({ position: '1' })).toEqual(['c', 'd']);
  });

  it('has a record without a value as one that is empty', async () => {
    await opened.putBatch(['a', null, 'b']);
    expect(await texts()).toEqual(['a', '', 'b']);
  });

  it('gives nothing of transactions that were aborted, and comes to its end behind them', async () => {
    const writer = producerOf(`writer-${opened.topic}`);
    const write = async (value: string, how: 'commit' | 'abort') => {
      const transaction = await writer.beginTransaction();
      await transaction.send({ messages: [{ topic: opened.topic, partition: 0, key: 'k', value }] });
      await transaction[how]();
    };
    await write('a', 'commit');
    await write('no', 'abort');
    await write('b', 'commit');
    await write('never', 'abort');
    await write('neither', 'abort');
    expect(await texts()).toEqual(['a', 'b']);
    await write('c', 'commit');
    expect(await texts()).toEqual(['a', 'b', 'c']);
    await writer.close();
  });

  it('goes on with the oldest record that it has, where those of a place are gone', async () => {
    await opened.put('k', 'a', 'b', 'c', 'd');
    await kafka.admin.deleteRecords({ topics: [{ name: opened.topic, partitions: [{ partition: 0, offset: 2n }] }] });
    expect(await texts({ position: '0' })).toEqual(['c', 'd']);
    expect(await texts({ position: '77' })).toEqual(['c', 'd']);
  });

  it('tells the group how far it was read', async () => {
    const group = `watched-${randomUUID()}`;
    const watched = new KafkaStream(addressOf({ group }), { topic: opened.topic });
    await opened.put('k', 'a', 'b', 'c');
    await watched.readUpTo({ '0': '1' });
    await watched.readUpTo({ '0': '2' });
    await watched.close();
    const [told] = await kafka.admin.listConsumerGroupOffsets({ groups: [group] });
    expect(told!.topics[0]!.partitions[0]!.committedOffset).toBe(3n);
  });

  it('is another one when it was deleted and made anew', async () => {
    const { stream, topic } = opened;
    const former = await stream.identity();
    await kafka.admin.deleteTopics({ topics: [topic] });
    await kafka.admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    const anew = new KafkaStream(addressOf(), { topic });
    expect(await anew.identity()).not.toBe(former);
    await anew.close();
  });

  it('is read whole although the broker is killed meanwhile', async () => {
    await opened.put('k', 'a', 'b');
    const { records } = await readAll(opened.stream, '0');
    const { back } = kafka.kill();
    const reading = readAll(opened.stream, '0', records[0]!).catch((error: unknown) => error);
    await back;
    const read = await reading;
    if (read instanceof Error) expect(read).toMatchObject({ code: 'KAFKA_UNAVAILABLE', retryable: true });
    await opened.put('k', 'c');
    const anew = new KafkaStream(addressOf(), { topic: opened.topic });
    expect((await readAll(anew, '0', records[0]!)).records.map(textOf)).toEqual(['b', 'c']);
    await anew.close();
  });
});

describe('a cluster of Kafka', () => {
  const failureOf = async (topic: string, change: Partial<KafkaAddress> = {}) => {
    const stream = new KafkaStream(addressOf(change), { topic });
    try {
      return await stream.shards().catch((error: unknown) => error);
    } finally {
      await stream.close();
    }
  };

  it('asks for the password that the user has', async () => {
    const { topic, close } = await openTopic();
    await close();
    const brokers = [kafka.guardedBroker];
    expect(await failureOf(topic, { brokers, user: KAFKA_USER })).toEqual([{ id: '0', parents: [] }]);
    const wrong = { ...KAFKA_USER, password: 'wr0ng' };
    const failure = await failureOf(topic, { brokers, user: wrong });
    expect(failure).toMatchObject({ code: 'KAFKA_ACCESS_DENIED', retryable: false });
    expect(String(failure)).not.toContain('wr0ng');
  });

  it('tells a topic that there is not, and brokers that do not answer', async () => {
    expect(await failureOf('nobodys')).toMatchObject({
      code: 'KAFKA_TOPIC_UNKNOWN',
      message: expect.stringContaining('"nobodys"') as string,
    });
    expect(await failureOf('any', { brokers: ['127.0.0.1:1'] })).toMatchObject({
      code: 'KAFKA_UNAVAILABLE',
      retryable: true,
    });
  });
});
