import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createFollowActivities, type Followed } from '../../activities/follow';
import { createJourneysActivities } from '../../activities/journeys';
import { createLoadActivities } from '../../activities/load';
import { createLoadMilestonesActivities, type LoadMilestonesResult } from '../../activities/load-milestones';
import { createMilestoneActivities, type RecomputeResult } from '../../activities/milestones';
import type { ReactionLimits } from '../../activities/react-milestones';
import { openLocalGraph, type FollowedGraph, type LocalGraphOptions } from '../../adapters/local/graph/local-graph';
import { openTriggerStore } from '../../adapters/local/milestones/local-trigger-store';
import { noRowsOf } from '../../core/lake/tables';
import type { GraphElement } from '../../core/graph/elements';
import type { FeedPosition } from '../../ports/change-feed';
import type { TriggerStore } from '../../ports/trigger-store';
import { milestoneSpec, type MilestoneSpec } from '../../schemas/milestone';
import { withoutIdentities } from '../support/without-identities';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { openTestRoom, type TestRoom } from '../support/local-room';
import { once } from './graph-contract';

const asWritten = {
  name: 'quiet',
  title: 'T',
  description: 'D',
  steps: [{ name: 'call', events: ['call'] }],
  notFollowedBy: { events: ['churn'], within: '1h' },
};
const spec = milestoneSpec.parse(asWritten);
const BEGINNING = Date.UTC(2026, 0, 1);
const REACHED = (customer: string) => `milestone:quiet/${customer}/${BEGINNING + 3_600_000}`;

let gremlin: TestGremlin;
let room: TestRoom;
let graph: FollowedGraph;
let triggers: TriggerStore;
let position: FeedPosition;

beforeAll(async () => {
  gremlin = await startTestGremlin();
}, ENGINE_START_MS);
afterAll(() => gremlin.stop());
beforeEach(async () => {
  await gremlin.empty();
  room = await openTestRoom();
  graph = await openGraph();
  triggers = await openTriggerStore(join(room.folder, 'triggers.mdb'));
  position = { commitNum: 0, opNum: 0 };
});
afterEach(async () => {
  await graph.close();
  await triggers.close();
  await room.close();
});

function openGraph(options: Partial<LocalGraphOptions> = {}): Promise<FollowedGraph> {
  const dir = join(room.folder, 'graph');
  return openLocalGraph({ url: gremlin.url, dir, sharedFileSystem: true, ...options });
}

const run = <T>(activity: (...args: never[]) => Promise<T>, ...args: unknown[]): Promise<T> =>
  new MockActivityEnvironment().run(activity as (...args: unknown[]) => Promise<T>, ...args) as Promise<T>;

/** Lands what customers did: each is one profile of one source. */
async function land(batch: string, ...events: readonly (readonly [customer: string, type: string, hour: number])[]) {
  const rows = (
    table: 'files' | 'events' | 'profiles' | 'identities' | 'customers' | 'identity_changes',
    select: string,
  ) =>
    ({ table, mode: 'append', select: `${noRowsOf(table, room.lake.dialect)} UNION ALL BY NAME ${select}` }) as const;
  const hours = events.map(
    ([customer, type, hour], index) =>
      `SELECT '${batch}' AS batch, '${batch}-${index}' AS event_id, 's' AS source, '${type}' AS type, 'web' AS channel,
  make_timestamp(${(BEGINNING + hour * 3_600_000) * 1_000}) AS occurred_at, 'p-${customer}' AS profile_id, '${batch}.csv' AS file, ${index} AS file_row`,
  );
  const people = [...new Set(events.map(([customer]) => customer))];
  const among = `(VALUES ${people.map((customer) => `('${customer}')`).join(', ')}) AS people (name)`;
  await room.lake.commit({
    key: batch,
    writes: [
      rows('files', `SELECT '${batch}' AS batch, 's' AS source, '${batch}.csv' AS path`),
      rows('profiles', `SELECT '${batch}' AS batch, 'p-' || name AS profile_id, 's' AS source FROM ${among}`),
      rows(
        'identities',
        `SELECT 'p-' || name AS profile_id, name AS customer_id FROM ${among}
WHERE 'p-' || name NOT IN (SELECT profile_id FROM identities)`,
      ),
      rows(
        'identity_changes',
        `SELECT '${batch}i' AS batch, 'p-' || name AS profile_id, name AS to_customer FROM ${among}`,
      ),
      rows(
        'customers',
        `SELECT name AS customer_id FROM ${among} WHERE name NOT IN (SELECT customer_id FROM customers)`,
      ),
      rows('events', `FROM (${hours.join(' UNION ALL ')})`),
    ],
  });
}

async function encode(): Promise<void> {
  await run(createJourneysActivities({ lake: room.lake }).encodeJourneys);
}

/** What `recomputeMilestones` does. */
async function recompute(
  version = '1',
  mode: 'changed' | 'full' = 'changed',
  mostElements = 1_000,
  asOf = Date.UTC(2026, 5, 1),
  of: MilestoneSpec = spec,
): Promise<LoadMilestonesResult> {
  const milestones = { milestones: [{ spec: of, version }], broken: [], problems: [] };
  const settings = { milestones: { mostElements } };
  const { recomputeMilestones } = createMilestoneActivities({ lake: room.lake, graph, milestones, settings });
  const { refused } = await run<RecomputeResult>(recomputeMilestones, {
    mode,
    dryRun: false,
    asOf,
  });
  await run(createLoadActivities({ lake: room.lake, graph }).loadGraph);
  const { loadMilestones } = createLoadMilestonesActivities({ lake: room.lake, graph, triggers, milestones, settings });
  const withheld = refused.filter(({ isTooMuch }) => isTooMuch).map(({ milestone }) => milestone);
  return run(loadMilestones, { storedAt: 0, withheld });
}

async function follow(limits: ReactionLimits = { queries: 24, events: 300 }): Promise<void> {
  const milestones = { milestones: [], broken: [], problems: [] };
  const ports = { ...withoutIdentities, feed: graph.feed, graph, triggers };
  const { followChanges } = createFollowActivities({ ...ports, milestones, webhooks: {}, limits });
  for (let more = true; more;) {
    const done = (await run(followChanges, { after: position, seconds: 0 })) as Followed;
    more = done.changes + done.looks > 0;
    position = done.position;
  }
}

async function elements(): Promise<GraphElement[]> {
  const all: GraphElement[] = [];
  for await (const element of graph.elements()) all.push(element);
  return all;
}

async function milestonesInGraph(): Promise<string[]> {
  return (await elements()).filter(({ label }) => label === 'Milestone').map(({ id }) => id);
}

it('makes the graph what was computed, once', async () => {
  await land('b1', ['ann', 'call', 0], ['bob', 'call', 0], ['bob', 'churn', 0.5]);
  await encode();
  expect(await recompute()).toEqual({ added: 1, removed: 0, triggers: 1 });
  expect(await milestonesInGraph()).toEqual([REACHED('ann')]);
  expect(await recompute()).toEqual({ added: 0, removed: 0, triggers: 1 });
  expect(await triggers.due(Date.now(), 10)).toEqual([]);
});

it('awaits the absences that were pending before anybody followed the graph', async () => {
  await land('b1', ['ann', 'call', 0], ['bob', 'call', 0], ['bob', 'churn', 0.5], ['cleo', 'call', 0.2]);
  await encode();
  const before = BEGINNING + 1_800_000;
  expect(await recompute('1', 'changed', 1_000, before)).toEqual({ added: 0, removed: 0, triggers: 1 });
  expect(await triggers.due(Infinity, 10)).toEqual([
    { customerId: 'ann', milestone: 'quiet', dueAt: BEGINNING + 3_600_000 },
    { customerId: 'cleo', milestone: 'quiet', dueAt: BEGINNING + 1.2 * 3_600_000 },
  ]);
  position = await graph.feed.head();
  await follow();
  expect(await milestonesInGraph()).toContain(REACHED('ann'));
});

it('takes nothing back for long that was reached by what the journeys do not know yet', async () => {
  await land('b1', ['ann', 'call', 0], ['bob', 'advice', 0], ['cleo', 'churn', 0]);
  await encode();
  await recompute();
  await land('b2', ['bob', 'call', 0]);
  await run(createLoadActivities({ lake: room.lake, graph }).loadGraph);
  await follow();
  expect(await milestonesInGraph()).toEqual([REACHED('ann'), REACHED('bob')]);
  await recompute('1', 'full');
  expect(await milestonesInGraph()).toEqual([REACHED('ann')]);
  await follow();
  expect(await milestonesInGraph()).toEqual([REACHED('ann'), REACHED('bob')]);
});

it('brings nothing back for long that was undone by what the journeys do not know yet', async () => {
  await land('b1', ['ann', 'call', 0], ['bob', 'call', 0], ['cleo', 'churn', 0]);
  await encode();
  await recompute();
  await land('b2', ['bob', 'churn', 0.5]);
  await run(createLoadActivities({ lake: room.lake, graph }).loadGraph);
  await follow();
  expect(await milestonesInGraph()).toEqual([REACHED('ann')]);
  await recompute('2');
  expect(await milestonesInGraph()).toEqual([REACHED('ann'), REACHED('bob')]);
  await follow();
  expect(await milestonesInGraph()).toEqual([REACHED('ann')]);
});

it('refuses a milestone that would be more than the graph should hold, and does not let it fire', async () => {
  await land('b1', ['ann', 'call', 0], ['ann', 'call', 2], ['bob', 'call', 0], ['bob', 'churn', 0.5]);
  await encode();
  // Reached twice, by one call each: twice a vertex with two edges.
  expect(await recompute('1', 'changed', 5)).toEqual({ added: 0, removed: 0, triggers: 0 });
  expect(await triggers.active()).toEqual([]);
  expect(await recompute('1', 'changed', 6)).toEqual({ added: 2, removed: 0, triggers: 1 });
});

it('leaves what was reached since it was computed, as an absence that has passed, to those who follow the graph', async () => {
  await land('b1', ['ann', 'call', 0], ['bob', 'call', 0], ['cleo', 'churn', 0]);
  await encode();
  const early = BEGINNING + 1_800_000;
  await recompute('1', 'changed', 1_000, early);
  await follow();
  expect(await milestonesInGraph()).toEqual([REACHED('ann'), REACHED('bob')]);
  await land('b2', ['bob', 'churn', 0.5]);
  await encode();
  expect(await recompute('1', 'full', 1_000, early)).toMatchObject({ removed: 0 });
  expect(await milestonesInGraph()).toEqual([REACHED('ann'), REACHED('bob')]);
  await follow();
  expect(await milestonesInGraph()).toEqual([REACHED('ann')]);
});

it('takes up what has happened in the very millisecond of its evidence, as those do who follow the graph', async () => {
  await land('b1', ['ann', 'call', 0], ['bob', 'churn', 0]);
  await encode();
  await recompute();
  await land('b2', ['ann', 'call', 0]);
  await encode();
  expect(await recompute()).toMatchObject({ added: 1, removed: 1 });
  const edges = (await elements()).filter(({ label }) => label === 'EVIDENCED_BY');
  expect(edges).toHaveLength(2);
  await follow();
  expect(await elements()).toEqual(expect.arrayContaining(edges));
  expect(await recompute('1', 'full')).toMatchObject({ added: 0, removed: 0 });
});

it('writes milestones anew without their being away in between', async () => {
  await land('b1', ['ann', 'call', 0], ['bob', 'call', 0], ['cleo', 'churn', 0]);
  await encode();
  await recompute();
  const { commitNum } = await graph.feed.head();
  await graph.close();
  // Every batch is a commit of its own.
  graph = await openGraph({ commitChanges: 1 });
  await recompute('2');
  expect(await graph.feed.head()).toMatchObject({ commitNum: commitNum + 1 });
  expect(await milestonesInGraph()).toEqual([REACHED('ann'), REACHED('bob')]);
});

it('means customers by what their profiles tell now, compared by value, in the lake as in the graph', async () => {
  const tell = (batch: string, ...told: readonly (readonly [customer: string, attributes: object])[]) =>
    room.lake.commit({
      key: batch,
      writes: [
        {
          table: 'files',
          mode: 'append',
          select: `${noRowsOf('files', room.lake.dialect)} UNION ALL BY NAME SELECT '${batch}' AS batch, 's' AS source, '${batch}.csv' AS path`,
        },
        {
          table: 'profiles',
          mode: 'append',
          select: `${noRowsOf('profiles', room.lake.dialect)} UNION ALL BY NAME FROM (${told
            .map(
              ([customer, attributes]) => `SELECT '${batch}' AS batch, 'p-${customer}' AS profile_id, 's' AS source,
  '${JSON.stringify(attributes)}' AS attributes, TIMESTAMP '2026-01-01' + INTERVAL ${batch.length} DAY AS seen_at`,
            )
            .join(' UNION ALL ')})`,
        },
      ],
    });
  const meant = milestoneSpec.parse({ ...asWritten, customers: { months: ['24', 'none'] } });
  const people = ['ann', 'bob', 'cleo', 'dora'];
  await land('b1', ...people.map((name) => [name, 'call', 0] as const), ['eve', 'churn', 0]);
  await tell('t', ['ann', { months: '24.0' }], ['bob', { months: '24', plan: 'x' }], ['cleo', { months: '024' }]);
  await tell('tt', ['bob', { plan: 'x' }], ['dora', { months: 'none' }]);
  await encode();
  await recompute('1', 'changed', 1_000, undefined, meant);
  const computed = await milestonesInGraph();
  expect(computed).toEqual([REACHED('ann'), REACHED('dora')]);
  const looks = people.map((customerId) => ({ customerId, milestone: meant.name, dueAt: 0 }));
  for (const queries of [0, 100]) {
    await triggers.setDue(looks);
    await follow({ queries, events: 100 });
    expect(await milestonesInGraph()).toEqual(computed);
  }
  await tell('ttt', ['ann', { plan: 'x' }]);
  await run(createLoadActivities({ lake: room.lake, graph }).loadGraph);
  await triggers.setDue(looks);
  await follow();
  expect(await milestonesInGraph()).toEqual([REACHED('dora')]);
});

it('looks again at what an event is in the way of no more, since it has another type', async () => {
  await land('b1', ['ann', 'call', 0], ['ann', 'churn', 0.5], ['bob', 'call', 0]);
  await encode();
  await recompute();
  await follow();
  expect(await milestonesInGraph()).toEqual([REACHED('bob')]);
  const become = (id: string, type: string) =>
    graph.load({ changes: once([{ kind: 'vertex', id, label: 'Event', properties: { type } }]) }, { path: 'upsert' });
  await become('s/b1-1', 'advice');
  await follow();
  expect(await milestonesInGraph()).toEqual([REACHED('ann'), REACHED('bob')]);
  await become('s/b1-2', 'advice');
  await follow();
  expect(await milestonesInGraph()).toEqual([REACHED('ann')]);
});
