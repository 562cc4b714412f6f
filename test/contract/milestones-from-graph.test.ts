import fc from 'fast-check';
import { EverybodyInGraph } from '../../activities/everybody-in-graph';
import type { Graph } from '../../ports/graph';
import { milestoneSpec, type MilestoneSpec } from '../../schemas/milestone';
import { endingAt } from '../support/cut-off';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { HubOfCustomers, allFrom } from '../support/hub-of-customers';
import { propertyRuns } from '../support/property-runs';
import { BEGINNING, TYPES, milestoneCase, type ArbitraryCustomer } from '../unit/milestones/arbitrary';
import { customersOf, eventChanges } from '../unit/milestones/in-graph';
import { once } from './graph-contract';

let gremlin: TestGremlin;
let hub: HubOfCustomers;
beforeAll(async () => {
  gremlin = await startTestGremlin();
}, ENGINE_START_MS);
afterAll(() => gremlin.stop());
beforeEach(async () => {
  hub = await HubOfCustomers.open(gremlin);
});
afterEach(() => hub.close());

async function freshHub(): Promise<void> {
  await hub.close();
  hub = await HubOfCustomers.open(gremlin);
}

const specOf = (spec: object): MilestoneSpec => milestoneSpec.parse({ title: 'T', description: 'D', ...spec });

/** Made of the one drawn at random, and of one that is awaited. */
const afterDrawn = specOf({
  name: 'after-drawn',
  steps: [
    { name: 'drawn', events: ['milestone:drawn'] },
    { name: 'then', events: [TYPES[0], TYPES[1], 'milestone:quiet'], within: '6s' },
  ],
  properties: { channel: { step: 'then', take: 'channel' }, amount: { step: 'then', attribute: 'amount' } },
});
const quiet = specOf({
  name: 'quiet',
  steps: [{ name: 'call', events: ['call'] }],
  notFollowedBy: { events: ['churn'], within: '5s' },
  properties: { amount: { step: 'call', attribute: 'amount' } },
});

const HOUR = 3_600_000;
const REACHED = (customer: string, after = 5_000) => `milestone:quiet/${customer}/${BEGINNING + after}`;

/** Somebody of one profile, who did so many things: a type, and when, in milliseconds from the beginning. */
const somebody = (...events: readonly (readonly [type: string, at: number])[]): ArbitraryCustomer => ({
  segments: ['gold'],
  events: events.map(([type, at], index) => ({
    id: `e${index}`,
    type,
    channel: 'web',
    at: BEGINNING + at,
    attributes: {},
    profile: 0,
  })),
});
/** Events of all types, so that all are known. */
const everything = somebody(...TYPES.map((type) => [type, -HOUR] as const));

/** Customers as they are known at first, and what becomes known of them late. */
function inTwoParts(customers: readonly ArbitraryCustomer[], isLate: (index: number) => boolean) {
  const part = (late: boolean) =>
    customers.map(({ segments, events }) => ({
      segments,
      events: events.filter((_, index) => isLate(index) === late),
    }));
  return [part(false), part(true)] as const;
}

it(
  'are those that are computed from the lake, in the lake and in the graph, whoever is killed and whatever comes late',
  async () => {
    const drawing = fc.record({
      drawn: milestoneCase,
      late: fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 6 }),
      killed: fc.array(fc.record({ calls: fc.integer({ min: 1, max: 20 }), afterEffect: fc.boolean() }), {
        maxLength: 3,
      }),
      mixed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(drawing, async ({ drawn: { spec, customers, asOf }, late, killed, mixed }) => {
        const [first, then] = inTwoParts([...customers, everything], (index) => late.includes(index));
        const outcome = async (from: MilestoneSpec['from']) => {
          await freshHub();
          const [own] = allFrom(mixed ? 'lake' : from, spec);
          const milestones = [own!, ...allFrom(from, quiet, afterDrawn)];
          const cuts = from === 'lake' ? [] : killed.map((cut) => endingAt<Graph>(hub.graph, { ...cut }));
          const graph = [...cuts, hub.graph];
          await hub.land('first', first);
          await hub.recompute(milestones, { asOf }, { graph });
          await hub.land('then', then);
          await hub.recompute(milestones, { asOf }, { graph });
          return { ...(await hub.kept()), due: await hub.triggers.due(Infinity, 1_000) };
        };
        const expected = await outcome('lake');
        expect(await outcome('graph')).toEqual(expected);
      }),
      { ...propertyRuns(15), endOnFailure: true },
    );
  },
  ENGINE_START_MS * 2,
);

it('are no evidence where they only stay, since they were reached after the time that is judged of', async () => {
  const first = specOf({ name: 'drawn', steps: [{ name: 'call', events: ['call'] }], coolDown: 'never' });
  const late = somebody(['call', 7_000]);
  const early = somebody(['call', 14_000], ['call', 18_000]);
  const outcome = async (from: MilestoneSpec['from']) => {
    await freshHub();
    const milestones = allFrom(from, first, quiet, afterDrawn);
    await hub.land('first', [early, everything]);
    await hub.recompute(milestones, { asOf: BEGINNING + 10_000 });
    await hub.land('then', [late]);
    await hub.recompute(milestones, { asOf: BEGINNING + 10_000 });
    return { ...(await hub.kept()), due: await hub.triggers.due(Infinity, 1_000) };
  };
  const expected = await outcome('lake');
  expect(await outcome('graph')).toEqual(expected);
});

const people = [somebody(['call', 0]), somebody(['call', 0], ['churn', 3_000]), everything, somebody(['call', 2_000])];

it('are neither doubled nor lost when a spec is computed from something else than before', async () => {
  await hub.land('b', people);
  await hub.recompute(allFrom('lake', quiet));
  const kept = await hub.kept();
  expect(kept.rows).toHaveLength(3);
  for (const from of ['graph', 'lake', 'graph'] as const) {
    const { computed, loaded } = await hub.recompute(allFrom(from, quiet));
    expect(loaded).toMatchObject({ added: 0, removed: 0, triggers: 1 });
    expect([...computed.computed, ...(loaded!.fromGraph?.computed ?? [])]).toEqual([
      { milestone: 'quiet', version: '1', reached: 3, customers: 3 },
    ]);
    expect(await hub.kept()).toEqual(kept);
  }
});

it('leave lake and graph when their spec is taken away', async () => {
  await hub.land('b', people);
  await hub.recompute(allFrom('graph', quiet));
  const { computed, loaded } = await hub.recompute([]);
  expect(computed.retired).toEqual(['quiet']);
  expect(loaded).toMatchObject({ removed: 3, triggers: 0 });
  expect(await hub.kept()).toEqual({ rows: [], elements: [] });
});

it('are not computed again unless something is different, or it is asked for', async () => {
  await hub.land('b', people);
  await hub.recompute(allFrom('graph', quiet));
  const again = await hub.recompute(allFrom('graph', quiet));
  expect(again.loaded!.fromGraph).toEqual({ computed: [], unchanged: ['quiet'], refused: [] });
  const inFull = await hub.recompute(allFrom('graph', quiet), { mode: 'full' });
  expect(inFull.loaded!.fromGraph).toMatchObject({ computed: [{ milestone: 'quiet' }], unchanged: [] });
  expect(inFull.loaded).toMatchObject({ added: 0, removed: 0 });
  const other = await hub.recompute(allFrom('graph', { ...quiet, name: 'other' }, quiet), { milestones: ['other'] });
  expect(other.loaded!.fromGraph).toMatchObject({ computed: [{ milestone: 'other' }], unchanged: ['quiet'] });
});

it('are computed once when the activity is run again, and told again', async () => {
  await hub.land('b', people);
  const { loaded } = await hub.recompute(allFrom('graph', quiet), { mode: 'full' }, { graph: [hub.graph, hub.graph] });
  expect(loaded!.fromGraph!.computed).toMatchObject([{ milestone: 'quiet', reached: 3 }]);
  expect(await hub.room.lake.rows('SELECT milestone FROM milestone_runs')).toHaveLength(1);
});

it('know what the lake does not', async () => {
  await hub.land('b', people);
  await hub.loadGraph();
  await hub.graph.load({ changes: once([...eventChanges(2, { ...people[0]!.events[0]!, id: 'live' })]) });
  await hub.recompute(allFrom('graph', quiet));
  expect(await hub.ids()).toEqual(expect.arrayContaining([REACHED('c0'), REACHED('c2'), REACHED('c3', 7_000)]));
  await hub.graph.load({
    changes: once([...customersOf([people[0]!, people[0]!, people[0]!, people[0]!, people[0]!]).slice(12)]),
  });
  await hub.graph.load({ changes: once([...eventChanges(4, people[0]!.events[0]!)]) });
  const { loaded } = await hub.recompute(allFrom('graph', quiet));
  expect(loaded).toMatchObject({ added: 1, removed: 0 });
  expect(await hub.ids()).toContain(REACHED('c4'));
});

it('take nothing from what a milestone that they are made of took from its events', async () => {
  const taking = specOf({
    name: 'taking',
    steps: [{ name: 'quiet', events: ['milestone:quiet'] }],
    properties: { amount: { step: 'quiet', attribute: 'amount' } },
  });
  const [call] = somebody(['call', 0]).events;
  const outcome = async (from: MilestoneSpec['from']) => {
    await freshHub();
    await hub.land('b', [{ segments: ['gold'], events: [{ ...call!, attributes: { amount: '5' } }] }, everything]);
    await hub.recompute([...allFrom('lake', quiet), ...allFrom(from, taking)]);
    return hub.kept();
  };
  const expected = await outcome('lake');
  expect(expected.elements).toContainEqual(
    expect.objectContaining({ id: REACHED('c0'), properties: expect.objectContaining({ amount: 5 }) }),
  );
  expect(await outcome('graph')).toEqual(expected);
});

it('are replaced on the days alone that are asked for', async () => {
  const day = 24 * HOUR;
  const twice = [somebody(['call', 0], ['call', day]), everything];
  const other = { ...quiet, notFollowedBy: { ...quiet.notFollowedBy!, within: 6_000 } };
  const outcome = async (from: MilestoneSpec['from']) => {
    await freshHub();
    await hub.land('b', twice);
    await hub.recompute(allFrom(from, quiet));
    await hub.recompute(allFrom(from, other), { from: '2026-01-02', to: '2026-01-02' });
    return hub.kept();
  };
  const expected = await outcome('lake');
  expect(expected.elements.map(({ id }) => id)).toEqual(
    expect.arrayContaining([REACHED('c0'), REACHED('c0', day + 6_000)]),
  );
  expect(await outcome('graph')).toEqual(expected);
});

it('that would be more than the graph should hold are told, not computed, and do not fire', async () => {
  await hub.land('b', people);
  const { loaded } = await hub.recompute(allFrom('graph', quiet), {}, { mostElements: 8 });
  expect(loaded).toMatchObject({ added: 0, triggers: 0, fromGraph: { computed: [] } });
  expect(loaded!.fromGraph!.refused).toMatchObject([
    { milestone: 'quiet', isTooMuch: true, reason: expect.stringContaining('reached 3 times') },
  ]);
  expect(await hub.triggers.active()).toEqual([]);
  expect(await hub.recompute(allFrom('graph', quiet), {}, { mostElements: 9 })).toMatchObject({
    loaded: { added: 3, triggers: 1 },
  });
});

it('of step types that nobody knows are told, and await their first event', async () => {
  const unknown = specOf({ name: 'unknown', steps: [{ name: 'a', events: ['cal'] }] });
  const made = specOf({ name: 'made', steps: [{ name: 'a', events: ['milestone:unknown', 'call'] }] });
  await hub.land('b', people);
  const { computed, loaded } = await hub.recompute([...allFrom('lake', unknown), ...allFrom('graph', made)]);
  expect(computed.refused).toMatchObject([{ milestone: 'unknown', reason: expect.stringContaining('"call"?') }]);
  expect(loaded).toMatchObject({ triggers: 2, fromGraph: { computed: [], refused: [{ milestone: 'made' }] } });
});

it('are counted by a dry run in the graph as it is, and nothing is written', async () => {
  await hub.land('b', people);
  await hub.loadGraph();
  const { computed } = await hub.recompute(allFrom('graph', quiet), { dryRun: true });
  expect(computed).toMatchObject({
    computed: [{ milestone: 'quiet', version: '1', reached: 3, customers: 3 }],
    dryRun: true,
  });
  expect(await hub.kept()).toEqual({ rows: [], elements: [] });
  expect(await hub.room.lake.rows('SELECT milestone FROM milestone_runs')).toEqual([]);
});

it('that passed since the time of the computation are left to those who follow the graph', async () => {
  await hub.land('b', people);
  const early = BEGINNING + 1_000;
  await hub.recompute(allFrom('graph', quiet), { asOf: early });
  expect(await hub.triggers.due(Infinity, 10)).toEqual([
    { customerId: 'c0', milestone: 'quiet', dueAt: BEGINNING + 5_000 },
    { customerId: 'c3', milestone: 'quiet', dueAt: BEGINNING + 7_000 },
  ]);
  await hub.follow();
  const reached = await hub.ids();
  expect(reached).toEqual(expect.arrayContaining([REACHED('c0'), REACHED('c3', 7_000)]));
  await hub.land('late', [somebody(), somebody(), somebody(), { ...somebody(['churn', 3_000]) }]);
  await hub.loadGraph();
  expect(await hub.recompute(allFrom('graph', quiet), { asOf: early, mode: 'full' })).toMatchObject({
    loaded: { added: 0, removed: 0 },
  });
  expect(await hub.triggers.due(0, 10)).toMatchObject([{ customerId: 'c0' }, { customerId: 'c3' }]);
});

it('of customers who are no more are taken away', async () => {
  await hub.land('b', people);
  await hub.recompute(allFrom('graph', quiet));
  await hub.graph.load({ changes: once([{ kind: 'remove-vertex', id: 'c0' }]) }, { path: 'upsert' });
  expect(await hub.recompute(allFrom('graph', quiet))).toMatchObject({ loaded: { added: 0, removed: 1 } });
  expect(await hub.ids()).not.toContain(REACHED('c0'));
});

it('are true in the end though others write what they know while it is computed', async () => {
  await hub.land('b', people);
  await hub.recompute(allFrom('lake', quiet));
  await hub.follow();
  const churn = eventChanges(0, { ...people[1]!.events[1]!, id: 'churned' });
  let isNews = true;
  // What was read is old when it is written: he is taken back meanwhile, and followed no more.
  const graph: Graph = Object.assign(Object.create(hub.graph) as Graph, {
    query: async (...args: Parameters<Graph['query']>) => {
      const answer = await hub.graph.query(...args);
      if (isNews && JSON.stringify(args[0]).includes('"profiles"')) {
        isNews = false;
        await hub.graph.load({ changes: once(churn) }, { path: 'upsert' });
        await hub.follow();
        expect(await hub.ids()).not.toContain(REACHED('c0'));
      }
      return answer;
    },
  });
  await hub.recompute(
    allFrom('graph', { ...quiet, title: 'Another' }).map((one) => ({ ...one, version: '2' })),
    {},
    {
      graph: [graph],
    },
  );
  await hub.follow();
  expect(isNews).toBe(false);
  expect(await hub.ids()).not.toContain(REACHED('c0'));
  expect((await hub.kept()).rows).toHaveLength(2);
});

it('are looked for with every customer once, page by page, whoever comes meanwhile', async () => {
  const customers = Array.from({ length: 12 }, () => somebody());
  await hub.graph.load({ changes: once(customersOf(customers)) }, { path: 'upsert' });
  const { signal } = new AbortController();
  const everybody = new EverybodyInGraph(hub.graph, [], { asOf: 0 }, signal, { ids: 5, together: 2 });
  const parts: (readonly string[])[] = [];
  for await (const part of everybody.inParts(async (ids) => ids)) {
    if (parts.length === 0) {
      const earlier = { kind: 'vertex', id: 'a', label: 'Customer', properties: {} } as const;
      await hub.graph.load({ changes: once([earlier, { ...earlier, id: 'd' }]) }, { path: 'upsert' });
    }
    parts.push(part);
  }
  expect(parts.flat()).toEqual([...customers.map((_, index) => `c${index}`).sort(), 'd']);
  expect(Math.max(...parts.map(({ length }) => length))).toBe(2);
});
