import { randomUUID } from 'node:crypto';
import { ProduceAcks, Producer } from '@platformatic/kafka';
import { KafkaStream } from '../../adapters/open/kafka/kafka-stream';
import { startKafka } from '../stand-ins/kafka-server';
import { followedStream } from './followed-stream';

followedStream('Kafka', async () => {
  const kafka = await startKafka();
  const topic = `contacts-${randomUUID()}`;
  await kafka.admin.createTopics({ topics: [topic], partitions: 2, replicas: 1 });
  const opened: KafkaStream[] = [];
  const producer = new Producer({ clientId: 'test', bootstrapBrokers: [kafka.broker], retries: 10 });
  return {
    named: { kafka: topic },
    open: () => {
      const address = { brokers: [kafka.broker], group: 'hub', tls: false };
      opened.push(new KafkaStream(address, { topic, pageBytes: 2_000, waitMs: 20 }));
      return opened.at(-1)!;
    },
    send: async (records) => {
      const messages = records.map((value, index) => ({ topic, key: Buffer.from(`${index}`), value: value as Buffer }));
      await producer.send({ messages, acks: ProduceAcks.ALL });
    },
    shake: async () => {
      await kafka.admin.createPartitions({ topics: [{ name: topic, count: 3, assignments: [{ brokerIds: [1] }] }] });
      await kafka.kill().back;
    },
    stop: async () => {
      // Those of processes that were killed are closed by nobody else.
      await Promise.all(opened.map((stream) => stream.close()));
      await producer.close();
      await kafka.stop();
    },
  };
});
