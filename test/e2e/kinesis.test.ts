import { randomUUID } from 'node:crypto';
import { CreateStreamCommand, KinesisClient, PutRecordsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createIngestActivities } from '../../activities/ingest';
import { createStreamActivities, type StreamDependencies } from '../../activities/streams';
import { clientConfig } from '../../adapters/aws/client-policy';
import { KinesisStream } from '../../adapters/aws/kinesis/kinesis-stream';
import { HUB_QUEUE } from '../../core/task-queues';
import { hubSchema } from '../../schemas/hub';
import { sourceSchema } from '../../schemas/source';
import { followStreams, streamFollowerOf } from '../../starters/start/follow-streams';
import type { StreamProgress } from '../../workflows/streams';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { testConnection } from '../support/aws';
import { endingAt, type CutOff } from '../support/cut-off';
import { ENGINE_START_MS } from '../support/engines';
import { openTestRoom, type TestRoom } from '../support/local-room';
import { bundleWorkflows, startTestTemporal } from '../support/temporal';

let moto: MotoServer;
let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let room: TestRoom;
let kinesis: KinesisClient;
beforeAll(async () => {
  [moto, bundle, room, environment] = await Promise.all([
    startMoto(),
    bundleWorkflows(),
    openTestRoom(),
    // A follower hands over to a new run of itself after so few events, so that the test sees it.
    startTestTemporal({ 'limit.historyCount.suggestContinueAsNew': 30 }),
  ]);
  kinesis = new KinesisClient(clientConfig('kinesis', testConnection(moto.url, ['kinesis'])));
}, ENGINE_START_MS);
afterAll(async () => {
  kinesis?.destroy();
  await Promise.all([environment?.teardown(), room?.close(), moto?.stop()]);
});

const stream = `contacts-${randomUUID()}`;
const source = sourceSchema.parse({
  name: 'bus',
  title: 'Event bus',
  stream: { kinesis: stream },
  events: {
    id: 'id',
    type: 'kind',
    channel: { value: 'app' },
    time: { column: 'at', epoch: 'milliseconds' },
    profile: 'who',
  },
});
const settings = hubSchema.parse({ name: 'test', timezone: 'Europe/Berlin' });

const START = Date.UTC(2026, 0, 1);
const contact = (n: number) => ({ id: `e${n}`, kind: 'visit', at: START + n, who: `p${n % 7}` });
const contacts = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => contact(from + index));

/** The ids of all contacts that were sent. */
const sent = new Set<string>();

async function send(...records: readonly (ReturnType<typeof contact> | Uint8Array)[]): Promise<void> {
  const Records = records.map((record, index) => {
    const isBytes = record instanceof Uint8Array;
    if (!isBytes) sent.add(record.id);
    return { PartitionKey: `${index}`, Data: isBytes ? record : Buffer.from(JSON.stringify(record)) };
  });
  await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }));
}

/** A worker of one hub, whose process may be killed at one of its calls. */
function createWorker(cut?: CutOff): Promise<Worker> {
  const killable = <T extends object>(engine: T) => (cut === undefined ? engine : endingAt(engine, cut));
  const openStream: StreamDependencies['openStream'] = ({ stream: of }) =>
    killable(
      new KinesisStream(testConnection(moto.url, ['kinesis']), { stream: of!.kinesis, pageRecords: 50, pauseMs: 20 }),
    );
  const ports = { landingZone: killable(room.landingZone), lake: killable(room.lake), sources: [source], settings };
  return Worker.create({
    connection: environment.nativeConnection,
    taskQueue: HUB_QUEUE,
    workflowBundle: bundle,
    shutdownGraceTime: '10ms',
    shutdownForceTime: '2s',
    activities: {
      ...createIngestActivities(ports),
      ...createStreamActivities({ ...ports, openStream }),
      loadGraph: () => Promise.resolve({ path: 'upsert', changes: 0 }),
    },
  });
}

const follower = () => environment.client.workflow.getHandle(streamFollowerOf('bus'));
const progress = () => follower().query<StreamProgress>('progress');

async function untilAllLanded(): Promise<StreamProgress> {
  for (;;) {
    const seen = await progress();
    if (seen.landed >= sent.size) return seen;
  }
}

const landedIds = async () =>
  (await room.lake.rows<{ event_id: string }>('SELECT event_id FROM events')).map(({ event_id }) => event_id).sort();

it(
  'records of Kinesis are in the lake exactly once, whatever is sent twice, split, unreadable, or killed',
  async () => {
    await kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
    await send(...contacts(0, 120), contact(3), Buffer.from([0xff, 0xfe]), Buffer.from('{"id": "half'));
    expect(await followStreams(environment.client, { sources: [source], settings: { timezone: 'UTC' } })).toEqual([
      'bus',
    ]);
    const { runId: firstRun } = await follower().describe();
    const first = await createWorker();
    await first.runUntil(async () => {
      expect(await untilAllLanded()).toMatchObject({ landed: 120, duplicates: 1, quarantined: 2, records: 123 });
    });

    // Each process is killed a little later in its work than the one before.
    for (const calls of [2, 5, 9]) {
      await send(...contacts(100 + 10 * calls, 120 + 10 * calls));
      const cut = { calls, afterEffect: calls === 5 };
      const killed = await createWorker(cut);
      await killed.runUntil(async () => {
        while (cut.calls > 0) await progress();
      });
    }
    await kinesis.send(
      new SplitShardCommand({
        StreamName: stream,
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: String(2n ** 125n),
      }),
    );
    await send(...contacts(250, 300), ...contacts(280, 310));

    const last = await createWorker();
    await last.runUntil(async () => {
      await untilAllLanded();
      // It goes on pulling, and hands over when its history has become long.
      while ((await follower().describe()).runId === firstRun);
      await untilAllLanded();
    });
    expect(await landedIds()).toEqual([...sent].sort());
  },
  5 * ENGINE_START_MS,
);
