import { randomUUID } from 'node:crypto';
import { CreateStreamCommand, KinesisClient, PutRecordsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { clientConfig } from '../../adapters/aws/client-policy';
import { KinesisStream } from '../../adapters/aws/kinesis/kinesis-stream';
import { startMoto } from '../stand-ins/moto-server';
import { testConnection } from '../support/aws';
import { followedStream } from './followed-stream';

followedStream('Kinesis', async () => {
  const moto = await startMoto();
  const connection = testConnection(moto.url, ['kinesis']);
  const kinesis = new KinesisClient(clientConfig('kinesis', connection));
  const stream = `contacts-${randomUUID()}`;
  await kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
  return {
    named: { kinesis: stream },
    open: () => new KinesisStream(connection, { stream, pageRecords: 50, pauseMs: 20 }),
    send: async (records) => {
      const Records = records.map((Data, index) => ({ PartitionKey: `${index}`, Data }));
      await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }));
    },
    shake: async () => {
      const half = { ShardToSplit: 'shardId-000000000000', NewStartingHashKey: String(2n ** 125n) };
      await kinesis.send(new SplitShardCommand({ StreamName: stream, ...half }));
    },
    stop: async () => {
      kinesis.destroy();
      await moto.stop();
    },
  };
});
