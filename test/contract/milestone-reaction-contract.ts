import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import fc from 'fast-check';
import { createFollowActivities, type Followed } from '../../activities/follow';
import { MilestoneReaction, type ReactionLimits } from '../../activities/react-milestones';
import type { Looks } from '../../core/milestones/look';
import { openTriggerStore } from '../../adapters/local/milestones/local-trigger-store';
import { attributeValue } from '../../core/graph/attribute-value';
import type { GraphChange, GraphElement } from '../../core/graph/elements';
import { milestoneElements, type StepEvidence } from '../../core/milestones/milestone-elements';
import { MILESTONE_CHANNEL, type JourneyEvent } from '../../core/milestones/pattern';
import { completionsAmong } from '../../core/milestones/reconcile';
import { reachedBy } from '../../core/milestones/reached';
import { triggerOf, type MilestoneTrigger } from '../../core/milestones/trigger';
import type { ChangeFeed } from '../../ports/change-feed';
import type { Graph } from '../../ports/graph';
import type { TriggerStore } from '../../ports/trigger-store';
import { milestoneSpec, type MilestoneSpec } from '../../schemas/milestone';
import { ProcessEnded, endingAt, type CutOff } from '../support/cut-off';
import { withoutIdentities } from '../support/without-identities';
import { ENGINE_START_MS } from '../support/engines';
import { propertyRuns } from '../support/property-runs';
import { customersOf, eventChanges } from '../unit/milestones/in-graph';
import { BEGINNING, TYPES, milestoneCase, type ArbitraryCustomer } from '../unit/milestones/arbitrary';

type FollowedGraph = Graph & { readonly feed: ChangeFeed };

export interface FollowedRoom {
  /** A graph over an empty store, which may keep files in a folder, with the feed of its changes. */
  open(folder: string): Promise<FollowedGraph>;
  /** Empties the store. */
  reset(): Promise<void>;
  /** Random worlds to try at least. */
  readonly runs: number;
}

let room: FollowedRoom;
let folder: string;
let graph: FollowedGraph;
let store: TriggerStore;

async function freshRoom(triggers: readonly MilestoneTrigger[]): Promise<void> {
  await closeRoom();
  await room.reset();
  folder = await mkdtemp(join(tmpdir(), 'hub-test-reaction-'));
  graph = await room.open(join(folder, 'graph'));
  store = await openTriggerStore(join(folder, 'triggers.mdb'));
  await store.activate(triggers);
}

async function closeRoom(): Promise<void> {
  if (folder === undefined) return;
  await graph.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
  folder = undefined as never;
}

const specOf = (spec: unknown): MilestoneSpec =>
  milestoneSpec.parse({ title: 'T', description: 'D', ...(spec as object) });

/** A milestone that is made of the one drawn at random. */
const afterDrawn = specOf({
  name: 'after-drawn',
  steps: [
    { name: 'drawn', events: ['milestone:drawn'] },
    { name: 'then', events: [TYPES[0], TYPES[1]], within: '6s' },
  ],
});

/** Milestones follow the graph in every room. */
export function milestoneReactionContract(name: string, target: FollowedRoom): void {
  describe(`milestones that follow the graph: ${name}`, () => {
    beforeAll(() => void (room = target));
    afterEach(() => closeRoom());

    it(
      'are in the end those of the journeys, in whatever order and however often things become known, and whoever is killed',
      async () => {
        const arrival = fc.record({
          drawn: milestoneCase,
          order: fc.infiniteStream(fc.nat(1_000_000)),
          batches: fc.integer({ min: 1, max: 6 }),
          merge: fc.boolean(),
          again: fc.boolean(),
          queries: fc.constantFrom(0, 1_000),
          events: fc.constantFrom(0, 3, 1_000),
          killed: fc.array(fc.record({ calls: fc.integer({ min: 1, max: 25 }), afterEffect: fc.boolean() }), {
            maxLength: 4,
          }),
        });
        await fc.assert(
          fc.asyncProperty(arrival, async ({ drawn, order, batches, merge, again, queries, events, killed }) => {
            limits = { queries, events };
            cutOffs = killed.map((cut) => ({ ...cut }));
            const triggers = [drawn.spec, afterDrawn].map((spec) => triggerOf({ spec, version: '1' }, 0));
            await freshRoom(triggers);
            const people = merge ? mergeFirstTwo(drawn.customers) : drawn.customers;
            const arriving = shuffled(drawn.customers.flatMap(changesOf), order);
            const size = Math.ceil(arriving.length / batches) || 1;
            await load('customers', customersOf(drawn.customers));
            for (let start = 0; start < arriving.length; start += size) {
              await load(`part ${start}`, arriving.slice(start, start + size).flat());
              if (start === 0) await followToEnd();
            }
            if (merge) await load('merge', mergeChanges());
            await followToEnd();
            if (again) await follow({ commitNum: 0, opNum: 0 }).then(() => followToEnd());
            expect(await milestonesInGraph()).toEqual(expectedElements(people, triggers));
          }),
          { ...propertyRuns(target.runs), endOnFailure: true },
        );
      },
      // Many draws, each with engines that are killed: on a machine with other tests, minutes.
      3 * ENGINE_START_MS,
    );

    it('are taken back when something becomes known that is in the way', async () => {
      const spec = specOf({
        name: 'quiet',
        steps: [{ name: 'call', events: ['call'] }],
        notFollowedBy: { events: ['churn'], within: '10s' },
      });
      await freshRoom([triggerOf({ spec, version: '1' }, 0)]);
      await load('customer', customersOf([{ segments: ['gold'], events: [] }]));
      await load('call', eventChanges(0, eventAt('call', 0, 'e0')));
      await followToEnd();
      expect(await idsInGraph()).toEqual([`milestone:quiet/c0/${BEGINNING + 10_000}`]);
      await load('late', eventChanges(0, eventAt('churn', 5, 'e1')));
      await followToEnd();
      expect(await idsInGraph()).toEqual([]);
    });

    it('are reached when an absence has passed, though nothing happens', async () => {
      const spec = specOf({
        name: 'quiet',
        steps: [{ name: 'call', events: ['call'] }],
        notFollowedBy: { events: ['churn'], within: '10s' },
      });
      await freshRoom([triggerOf({ spec, version: '1' }, 0)]);
      await load('journey', [
        ...customersOf([{ segments: ['gold'], events: [] }]),
        ...eventChanges(0, eventAt('call', 0, 'e0')),
      ]);
      const reaction = new MilestoneReaction(graph, store);
      await reaction.refresh();
      const looks: Looks = new Map([['c0', new Set(['quiet'])]]);
      expect(await reaction.react(looks, BEGINNING + 9_999)).toMatchObject({ looks: 1, reached: 0, failed: 0 });
      expect(await store.awaited()).toEqual({ quiet: 1 });
      expect(await store.due(BEGINNING + 9_999, 10)).toEqual([]);
      const due: Looks = new Map();
      await reaction.gatherDue(BEGINNING + 10_000, 10, due);
      expect(await reaction.react(due, BEGINNING + 10_000)).toMatchObject({ looks: 1, reached: 1, failed: 0 });
      expect(await store.awaited()).toEqual({ quiet: 0 });
    });

    it('keep hostile values what they are: values', async () => {
      const hostile = `'); g.V().drop(); //`;
      const spec = specOf({
        name: 'hostile',
        steps: [{ name: 'call', events: [hostile], channels: [hostile], attributes: { amount: { in: [hostile] } } }],
        customers: { segment: [hostile] },
        properties: { note: { step: 'call', attribute: 'amount' } },
      });
      await freshRoom([triggerOf({ spec, version: '1' }, 0)]);
      await load('journey', [
        ...customersOf([{ segments: [hostile], events: [] }]),
        ...eventChanges(0, { ...eventAt(hostile, 0, hostile), channel: hostile, attributes: { amount: hostile } }),
      ]);
      await followToEnd();
      const milestone = (await milestonesInGraph()).find(({ kind }) => kind === 'vertex');
      expect(milestone).toMatchObject({ properties: { note: hostile, name: 'hostile' } });
    });
  });
}

let limits: ReactionLimits = { queries: 1_000, events: 1_000 };
/** Where the followers to come are killed. */
let cutOffs: CutOff[] = [];
let position = { commitNum: 0, opNum: 0 };

/** Reacts once, or as often as it takes, to what changed since a position. */
async function follow(after: typeof position): Promise<Followed> {
  const cut = cutOffs.shift() ?? { calls: Infinity, afterEffect: false };
  const { followChanges } = createFollowActivities({
    ...withoutIdentities,
    feed: graph.feed,
    graph: endingAt<Graph>(graph, cut),
    triggers: endingAt(store, cut),
    milestones: { milestones: [], broken: [], problems: [] },
    webhooks: {},
    limits,
  });
  try {
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const followed = (await environment.run(followChanges, { after, seconds: 0 })) as Followed;
    position = followed.position;
    return followed;
  } catch (error) {
    // The next follower goes on from the last heartbeat.
    if (error instanceof ProcessEnded) return follow(after);
    throw error;
  }
}

async function followToEnd(): Promise<void> {
  if (position.commitNum > (await graph.feed.head()).commitNum) position = { commitNum: 0, opNum: 0 };
  for (let more = true; more;) more = (await follow(position)).changes > 0;
}

async function load(key: string, changes: readonly GraphChange[]): Promise<void> {
  if (key === 'customer' || key === 'customers' || key === 'journey') position = { commitNum: 0, opNum: 0 };
  await graph.load(
    {
      key,
      changes: (async function* () {
        yield changes;
      })(),
    },
    { path: 'upsert' },
  );
}

function changesOf({ events }: ArbitraryCustomer, customer: number): GraphChange[][] {
  return events.map((event) => eventChanges(customer, event));
}

type DrawnEvent = ArbitraryCustomer['events'][number];

function eventAt(type: string, second: number, id: string): DrawnEvent {
  return { id, type, channel: 'web', at: BEGINNING + second * 1_000, attributes: {}, profile: 0 };
}

/** Customer c1 turns out to be c0: its profiles move, and it is no more. */
function mergeChanges(): GraphChange[] {
  const moves = [0, 1].flatMap((profile): GraphChange[] => {
    const id = `identified:c1p${profile}`;
    return [
      { kind: 'remove-edge', id, from: `c1p${profile}`, to: 'c1' },
      { kind: 'edge', id, label: 'IDENTIFIED_AS', from: `c1p${profile}`, to: 'c0', properties: {} },
    ];
  });
  return [...moves, { kind: 'remove-vertex', id: 'c1' }];
}

function mergeFirstTwo([first, second, ...others]: readonly ArbitraryCustomer[]): (ArbitraryCustomer | undefined)[] {
  const events = [
    ...first!.events.map((event) => ({ ...event, id: `c0${event.id}` })),
    ...second!.events.map((event) => ({ ...event, id: `c1${event.id}` })),
  ];
  return [{ segments: [...first!.segments, ...second!.segments], events }, undefined, ...others];
}

function shuffled<T>(items: readonly T[], order: Iterator<number>): T[] {
  const keyed = items.map((item) => ({ item, key: order.next().value as number }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** What the definition says the graph must hold, as elements ordered by id. */
function expectedElements(
  customers: readonly (ArbitraryCustomer | undefined)[],
  triggers: readonly MilestoneTrigger[],
): GraphElement[] {
  const elements = customers.flatMap((customer, index) => {
    if (customer === undefined) return [];
    const profiles = customer.segments.map((segment) => new Map(segment === undefined ? [] : [['segment', segment]]));
    const events: Omit<StepEvidence, 'step'>[] = customer.events.map((event) => ({
      ...event,
      ...graphEvent(index, event),
    }));
    return triggers.flatMap((trigger) => {
      const found = completionsAmong(trigger, events, profiles);
      const { reached } = reachedBy(
        trigger.spec,
        found.map(({ completion }) => completion),
        Date.now(),
      );
      return reached.flatMap((each) => {
        const { evidence } = found.find(({ completion }) => completion === each.completion)!;
        const own = milestoneElements(trigger, `c${index}`, each, evidence);
        events.push({
          id: own[0]!.id,
          type: `milestone:${trigger.milestone}`,
          channel: MILESTONE_CHANNEL,
          at: each.reachedAt,
          attributes: {},
        });
        return own;
      });
    });
  });
  return inOrder(elements);
}

function graphEvent(customer: number, { id, attributes }: JourneyEvent): Pick<StepEvidence, 'id' | 'attributes'> {
  const own = Object.entries(attributes).map(([name, text]) => [name, attributeValue(text)]);
  return {
    id: id.startsWith('c') ? `s/${id}` : `s/c${customer}${id}`,
    attributes: Object.fromEntries(own) as StepEvidence['attributes'],
  };
}

async function milestonesInGraph(): Promise<GraphElement[]> {
  const elements: GraphElement[] = [];
  for await (const element of graph.elements()) {
    if (['Milestone', 'REACHED', 'EVIDENCED_BY'].includes(element.label)) elements.push(element);
  }
  return inOrder(elements);
}

async function idsInGraph(): Promise<string[]> {
  return (await milestonesInGraph()).filter(({ kind }) => kind === 'vertex').map(({ id }) => id);
}

function inOrder(elements: readonly GraphElement[]): GraphElement[] {
  return [...elements].sort((a, b) => (a.id < b.id ? -1 : 1));
}
