import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createIngestActivities } from '../../activities/ingest';
import { createStreamActivities } from '../../activities/streams';
import { HUB_QUEUE } from '../../core/task-queues';
import type { EventStream } from '../../ports/event-stream';
import { hubSchema } from '../../schemas/hub';
import { sourceSchema } from '../../schemas/source';
import { followStreams, streamFollowerOf } from '../../starters/start/follow-streams';
import type { StreamProgress } from '../../workflows/streams';
import { endingAt, type CutOff } from '../support/cut-off';
import { ENGINE_START_MS } from '../support/engines';
import { openTestRoom, type TestRoom } from '../support/local-room';
import { bundleWorkflows, startTestTemporal } from '../support/temporal';

/** A real service with a stream that has two shards. */
export interface FollowedService {
  /** As a source names it. */
  readonly named: { readonly kinesis: string } | { readonly kafka: string };
  open(): EventStream;
  /** Records, each of a key of its own. */
  send(records: readonly Uint8Array[]): Promise<void>;
  /** What shards may suffer: splits, new ones, brokers that are killed. */
  shake(): Promise<void>;
  stop(): Promise<void>;
}

const START = Date.UTC(2026, 0, 1);
const contact = (n: number) => ({ id: `e${n}`, kind: 'visit', at: START + n, who: `p${n % 7}` });
const contacts = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => contact(from + index));

const settings = hubSchema.parse({ name: 'test', timezone: 'Europe/Berlin' });

/** Whether all that is sent to a stream is in the lake once, whatever happens to it and to those who follow it. */
export function followedStream(name: string, start: () => Promise<FollowedService>): void {
  let service: FollowedService;
  let environment: TestWorkflowEnvironment;
  let bundle: WorkflowBundleWithSourceMap;
  let room: TestRoom;
  beforeAll(async () => {
    [service, bundle, room, environment] = await Promise.all([
      start(),
      bundleWorkflows(),
      openTestRoom(),
      // A follower hands over to a new run of itself after so few events, so that the test sees it.
      startTestTemporal({ 'limit.historyCount.suggestContinueAsNew': 30 }),
    ]);
  }, ENGINE_START_MS);
  afterAll(async () => {
    await Promise.all([environment?.teardown(), room?.close(), service?.stop()]);
  });

  const sourceOf = () =>
    sourceSchema.parse({
      name: 'bus',
      title: 'Event bus',
      stream: service.named,
      events: {
        id: 'id',
        type: 'kind',
        channel: { value: 'app' },
        time: { column: 'at', epoch: 'milliseconds' },
        profile: 'who',
      },
    });

  /** The ids of all contacts that were sent. */
  const sent = new Set<string>();

  function send(...records: readonly (ReturnType<typeof contact> | Uint8Array)[]): Promise<void> {
    return service.send(
      records.map((record) => {
        if (record instanceof Uint8Array) return record;
        sent.add(record.id);
        return Buffer.from(JSON.stringify(record));
      }),
    );
  }

  /** A worker of one hub, whose process may be killed at one of its calls. */
  function createWorker(cut?: CutOff): Promise<Worker> {
    const killable = <T extends object>(engine: T) => (cut === undefined ? engine : endingAt(engine, cut));
    const openStream = () => killable(service.open());
    const sources = [sourceOf()];
    const ports = { landingZone: killable(room.landingZone), lake: killable(room.lake), sources, settings };
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
    `records of ${name} are in the lake exactly once, whatever is sent twice, unreadable, or killed`,
    async () => {
      await send(...contacts(0, 120), contact(3), Buffer.from([0xff, 0xfe]), Buffer.from('{"id": "half'));
      const hub = { sources: [sourceOf()], settings: { timezone: 'UTC' } };
      expect(await followStreams(environment.client, hub)).toEqual(['bus']);
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
      const last = await createWorker();
      await last.runUntil(async () => {
        await service.shake();
        await send(...contacts(250, 300), ...contacts(280, 310));
        await untilAllLanded();
        // It goes on pulling, and hands over when its history has become long.
        while ((await follower().describe()).runId === firstRun);
        await untilAllLanded();
      });
      expect(await landedIds()).toEqual([...sent].sort());
    },
    5 * ENGINE_START_MS,
  );
}
