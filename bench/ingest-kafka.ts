import { ProduceAcks, Producer } from '@platformatic/kafka';
import { Worker } from '@temporalio/worker';
import { createIngestActivities } from '../activities/ingest';
import { createStreamActivities } from '../activities/streams';
import { KafkaStream } from '../adapters/open/kafka/kafka-stream';
import { HUB_QUEUE } from '../core/task-queues';
import { hubSchema } from '../schemas/hub';
import { sourceSchema } from '../schemas/source';
import { followStreams, streamFollowerOf } from '../starters/start/follow-streams';
import { startKafka, type KafkaServer } from '../test/stand-ins/kafka-server';
import { openTestRoom } from '../test/support/local-room';
import { bundleWorkflows, startTestTemporal } from '../test/support/temporal';
import type { StreamProgress } from '../workflows/streams';
import { postedEvent } from './posted-event';

const EVENTS = 1_000_000;
const EVENTS_OF_A_SEND = 5_000;
const PARTITIONS = 4;
const LOOK_MS = 200;
const CUSTOMERS = 1_000_000;

export interface KafkaMeasure {
  readonly events: number;
  readonly landed: number;
  readonly seconds: number;
  readonly peakMb: number;
}

/**
 * Events that wait in a topic, until all are in the lake: pulled into files of the landing zone and landed by the workflows that do it in
 * a hub, beside the broker and Temporal on the same machine.
 */
export async function landFromKafka(): Promise<KafkaMeasure> {
  const [kafka, room, environment, workflowBundle] = await Promise.all([
    startKafka(),
    openTestRoom(),
    startTestTemporal(),
    bundleWorkflows(),
  ]);
  try {
    const topic = 'bench';
    await kafka.admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: 1 });
    await fill(kafka, topic);
    const sources = [sourceOf(topic)];
    const settings = hubSchema.parse({ name: 'bench', timezone: 'UTC' });
    const ports = { landingZone: room.landingZone, lake: room.lake, sources, settings };
    const openStream = () => new KafkaStream({ brokers: [kafka.broker], group: 'bench', tls: false }, { topic });
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue: HUB_QUEUE,
      workflowBundle,
      activities: {
        ...createIngestActivities(ports),
        ...createStreamActivities({ ...ports, openStream }),
        loadGraph: () => Promise.resolve({ path: 'upsert', changes: 0 }),
      },
    });
    const from = performance.now();
    const peak = peakMb();
    await followStreams(environment.client, { sources, settings });
    const follower = environment.client.workflow.getHandle(streamFollowerOf('bench'));
    const landed = await worker.runUntil(async () => {
      for (;;) {
        const seen = await follower.query<StreamProgress>('progress');
        if (seen.landed >= EVENTS) return seen.landed;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    });
    return { events: EVENTS, landed, seconds: (performance.now() - from) / 1_000, peakMb: peak() };
  } finally {
    await Promise.all([environment.teardown(), room.close(), kafka.stop()]);
  }
}

async function fill(kafka: KafkaServer, topic: string): Promise<void> {
  const producer = new Producer({ clientId: 'bench', bootstrapBrokers: [kafka.broker] });
  for (let first = 0; first < EVENTS; first += EVENTS_OF_A_SEND) {
    const messages = Array.from({ length: EVENTS_OF_A_SEND }, (_, index) => {
      const event = postedEvent(first + index, CUSTOMERS);
      return { topic, key: Buffer.from(event.subject), value: Buffer.from(JSON.stringify(event)) };
    });
    await producer.send({ messages, acks: ProduceAcks.LEADER });
  }
  await producer.close();
}

function sourceOf(topic: string) {
  return sourceSchema.parse({
    ...{ name: 'bench', title: 'Bench', stream: { kafka: topic } },
    columns: ['data'],
    events: {
      ...{ id: 'id', type: 'type', profile: 'subject', channel: { sql: "data->>'channel'" } },
      time: { column: 'time', zone: 'offset-in-value' },
      attributes: { screen: { sql: "data->>'screen'" }, amount: { sql: "data->>'amount'" } },
    },
  });
}

/** Of this process, looked at now and then; called at the end, the most that was seen. */
function peakMb(): () => number {
  let most = 0;
  const look = () => void (most = Math.max(most, process.memoryUsage.rss() / 1e6));
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    look();
    return Math.round(most);
  };
}
