import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { createFollowActivities, type Followed } from '../../activities/follow';
import { createNotificationActivities } from '../../activities/notifications';
import { openLocalGraph, type FollowedGraph } from '../../adapters/local/graph/local-graph';
import { openTriggerStore } from '../../adapters/local/milestones/local-trigger-store';
import type { GraphChange } from '../../core/graph/elements';
import { milestoneKeyOf } from '../../core/milestones/milestone-id';
import type { Notification } from '../../core/milestones/notifications';
import { triggerOf } from '../../core/milestones/trigger';
import type { FeedPosition } from '../../ports/change-feed';
import type { TriggerStore } from '../../ports/trigger-store';
import type { OutgoingEvent } from '../../ports/webhooks';
import { milestoneSpec } from '../../schemas/milestone';
import { webhook } from '../../schemas/webhook';
import { withoutIdentities } from '../support/without-identities';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { customersOf, eventChanges } from '../unit/milestones/in-graph';

const START: FeedPosition = { commitNum: 0, opNum: 0 };
const LONG_AGO = Date.UTC(2020, 0, 1);
const spec = milestoneSpec.parse({
  name: 'quiet',
  title: 'T',
  description: 'D',
  steps: [{ name: 'call', events: ['call'] }],
  notBefore: { events: ['churn'], within: '1h' },
  properties: { through: { step: 'call', take: 'channel' } },
  notify: ['crm'],
});
const milestones = { milestones: [{ spec, version: '1' }], broken: [], problems: [] };
const webhooks = { crm: webhook.parse({ url: 'https://crm.example/', secretVariable: 'CRM' }) };

let gremlin: TestGremlin;
let folder: string;
let graph: FollowedGraph;
let triggers: TriggerStore;
/** What was to be delivered, by the ids of the workflows. */
let deliveries: Map<string, Notification>;
let position: FeedPosition;

beforeAll(async () => {
  gremlin = await startTestGremlin();
}, ENGINE_START_MS);
afterAll(() => gremlin.stop());
beforeEach(async () => {
  await gremlin.empty();
  folder = await mkdtemp(join(tmpdir(), 'hub-test-notifications-'));
  graph = await openLocalGraph({ url: gremlin.url, dir: join(folder, 'graph'), sharedFileSystem: true });
  triggers = await openTriggerStore(join(folder, 'triggers.mdb'));
  await triggers.activate([triggerOf({ spec, version: '1' }, 0)]);
  deliveries = new Map();
  position = START;
});
afterEach(async () => {
  await graph.close();
  await triggers.close();
  await rm(folder, { recursive: true, force: true });
});

/** Stands for Temporal's promise that an id is taken once. */
const client = {
  withAbortSignal: <T>(_signal: AbortSignal, call: () => Promise<T>) => call(),
  workflow: {
    start: async (type: string, options: { workflowId: string; args: [{ notification: Notification }] }) => {
      const { workflowId } = options;
      if (deliveries.has(workflowId)) throw new WorkflowExecutionAlreadyStartedError('is there', workflowId, type);
      deliveries.set(workflowId, options.args[0].notification);
    },
  },
} as unknown as Client;

/** Follows to the end of the feed; its milestones come back on it. */
async function follow(from = position): Promise<number> {
  const { followChanges } = createFollowActivities({
    ...withoutIdentities,
    feed: graph.feed,
    graph,
    triggers,
    milestones,
    webhooks,
  });
  const environment = new MockActivityEnvironment({}, { client });
  let notified = 0;
  for (position = from; ;) {
    const followed = (await environment.run(followChanges, { after: position, seconds: 0 })) as Followed;
    position = followed.position;
    notified += followed.notified;
    if (followed.changes === 0) return notified;
  }
}

function load(key: string, changes: readonly GraphChange[]): Promise<unknown> {
  const batches = (async function* () {
    yield changes;
  })();
  return graph.load({ key, changes: batches }, { path: 'upsert' });
}

function eventAt(type: string, at: number, id: string): readonly GraphChange[] {
  return eventChanges(0, { id, type, channel: 'phone', at, attributes: {}, profile: 0 });
}

const people = () => customersOf([{ segments: [undefined], events: [] }]);

it('are begun once for a milestone, however often the feed is read', async () => {
  const now = Date.now();
  await load('journey', [...people(), ...eventAt('call', now, 'e0')]);
  expect(await follow()).toBe(1);
  const id = `milestone:quiet/c0/${now}`;
  expect([...deliveries]).toEqual([[`crm/${id}/1`, { webhook: 'crm', milestoneId: id, state: 'reached', times: 1 }]]);
  expect(await follow(START)).toBe(0);
  expect(deliveries.size).toBe(1);
});

it('are begun for what a worker wrote that was cut off before it could keep that it told', async () => {
  await load('journey', [...people(), ...eventAt('call', Date.now(), 'e0')]);
  const kept = triggers.setTold.bind(triggers);
  triggers.setTold = () => Promise.reject(new Error('cut off'));
  await expect(follow()).rejects.toThrow('cut off');
  triggers.setTold = kept;
  expect(await follow(START)).toBe(1);
  expect(deliveries.size).toBe(1);
});

it('say that a milestone was taken back, and that it is reached after all', async () => {
  const now = Date.now();
  await load('journey', [...people(), ...eventAt('call', now, 'e0')]);
  await follow();
  await load('late', eventAt('churn', now - 60_000, 'e1'));
  await follow();
  await load('corrected', eventAt('churn', now - 7_200_000, 'e1'));
  await follow();
  expect([...deliveries.values()].map(({ state, times }) => [state, times])).toEqual([
    ['reached', 1],
    ['retracted', 2],
    ['reached', 3],
  ]);
});

it('are not begun for what was reached long ago', async () => {
  await load('journey', [...people(), ...eventAt('call', LONG_AGO, 'e0')]);
  expect(await follow()).toBe(0);
});

it('tell the milestone as the graph has it', async () => {
  const now = Date.now();
  await load('journey', [...people(), ...eventAt('call', now, 'e0')]);
  await follow();
  const told: OutgoingEvent[] = [];
  const { deliverNotification } = createNotificationActivities({
    graph,
    webhooks: { tell: async (_, event) => told.push(event) },
  });
  for (const notification of deliveries.values()) {
    await new MockActivityEnvironment().run(deliverNotification, notification);
  }
  const at = new Date(now).toISOString();
  expect(told).toEqual([
    {
      id: `crm/milestone:quiet/c0/${now}/1`,
      type: 'org.journeyhub.milestone.reached',
      subject: 'c0',
      time: now,
      data: {
        milestone: 'quiet',
        customer: 'c0',
        reachedAt: at,
        version: '1',
        properties: { through: 'phone' },
        evidence: [{ step: 'call', event: 's/c0e0', type: 'call', channel: 'phone', at }],
      },
    },
  ]);
});

it('hold up nobody: the graph is followed on, and the place in the feed moves on when all are begun', async () => {
  const now = Date.now();
  let release!: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  const slow = {
    ...client,
    workflow: {
      start: (...args: Parameters<Client['workflow']['start']>) => held.then(() => client.workflow.start(...args)),
    },
  } as unknown as Client;
  const environment = new MockActivityEnvironment({}, { client: slow });
  let done: Followed | undefined;
  environment.on('heartbeat', (details: Followed) => (done = details));
  const ports = { ...withoutIdentities, feed: graph.feed, graph, triggers, milestones, webhooks };
  await load('journey', [...people(), ...eventAt('call', now, 'e0')]);
  const { followChanges } = createFollowActivities(ports);
  const following = environment.run(followChanges, { after: START, seconds: 3_600 });
  const reached = async () => (await graph.counts()).vertices['Milestone'] ?? 0;
  try {
    while ((await reached()) < 1);
    const { commitNum: first } = await graph.feed.head();
    await load('more', eventAt('call', now + 1, 'e1'));
    while ((await reached()) < 2);
    expect(done!.position.commitNum).toBeLessThan(first);
    expect(deliveries.size).toBe(0);
    release();
    const { commitNum: last } = await graph.feed.head();
    while (done!.position.commitNum < last) await new Promise(setImmediate);
    expect([...deliveries.values()].map(({ milestoneId }) => milestoneId)).toEqual(
      [now, now + 1].map((at) => `milestone:quiet/c0/${at}`),
    );
    expect(done).toMatchObject({ notified: 2, reached: 2, position: { commitNum: last } });
  } finally {
    release();
    environment.cancel();
    await expect(following).rejects.toThrow();
  }
});

it('are begun side by side, but those of one customer one after the other', async () => {
  const now = Date.now();
  const underWay = new Set<string>();
  const together: number[] = [];
  const watching = {
    ...client,
    workflow: {
      start: async (...[type, options]: Parameters<typeof client.workflow.start>) => {
        const { customerId } = milestoneKeyOf(
          (options.args as [{ notification: Notification }])[0].notification.milestoneId,
        );
        expect(underWay).not.toContain(customerId);
        underWay.add(customerId);
        await new Promise(setImmediate);
        together.push(underWay.size);
        underWay.delete(customerId);
        return client.workflow.start(type, options);
      },
    },
  } as unknown as Client;
  const customers = Array.from({ length: 30 }, () => ({ segments: [undefined], events: [] }));
  const calls = customers.flatMap((_, customer) =>
    [0, 1].flatMap((ms) =>
      eventChanges(customer, { id: `e${ms}`, type: 'call', channel: 'web', at: now + ms, attributes: {}, profile: 0 }),
    ),
  );
  await load('journey', [...customersOf(customers), ...calls]);
  const ports = { ...withoutIdentities, feed: graph.feed, graph, triggers, milestones, webhooks };
  const environment = new MockActivityEnvironment({}, { client: watching });
  const { followChanges } = createFollowActivities(ports);
  for (let more = true; more;) {
    const followed = (await environment.run(followChanges, { after: position, seconds: 0 })) as Followed;
    more = followed.changes > 0;
    position = followed.position;
  }
  expect(deliveries.size).toBe(60);
  expect(Math.max(...together)).toBe(20);
  const ofOne = [...deliveries.values()].filter(({ milestoneId }) => milestoneId.includes('/c7/'));
  expect(ofOne.map(({ milestoneId }) => milestoneKeyOf(milestoneId).reachedAt)).toEqual([now, now + 1]);
});
