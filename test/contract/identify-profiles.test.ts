import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createFollowActivities, type Followed } from '../../activities/follow';
import { createLoadActivities } from '../../activities/load';
import { openLocalGraph, type FollowedGraph } from '../../adapters/local/graph/local-graph';
import { ThreadedProfileDesk } from '../../adapters/local/identity/threaded-profile-desk';
import { openTriggerStore } from '../../adapters/local/milestones/local-trigger-store';
import type { GraphChange } from '../../core/graph/elements';
import { identifiedAs } from '../../core/graph/identified-as';
import type { FeedPosition } from '../../ports/change-feed';
import type { Graph } from '../../ports/graph';
import type { ProfileDesk } from '../../ports/profile-desk';
import type { TriggerStore } from '../../ports/trigger-store';
import { identitySchema } from '../../schemas/identity';
import { endingAt, ProcessEnded } from '../support/cut-off';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { IdentityRoom, type SeenProfile } from '../unit/identity/identity-room';
import { crmProfile, samplePeople, shopProfile } from '../unit/identity/sample-profiles';

const START: FeedPosition = { commitNum: 0, opNum: 0 };
const settings = identitySchema.parse({
  rules: [{ name: 'email', match: ['email'] }],
  probabilistic: { uniquePerSource: ['crm'], minProfiles: 100, minMatches: 10 },
});
const people = samplePeople(260);
const [anna, ben] = [people[0]!, people[4]!];
const isOdd = (number: number) => number % 2 === 1;

let gremlin: TestGremlin;
let room: IdentityRoom;
let graph: FollowedGraph;
let triggers: TriggerStore;
let desk: ThreadedProfileDesk;
beforeAll(async () => {
  gremlin = await startTestGremlin();
}, ENGINE_START_MS);
afterAll(() => gremlin.stop());
beforeEach(async () => {
  await gremlin.empty();
  room = await IdentityRoom.open();
  graph = await openLocalGraph({ url: gremlin.url, dir: join(room.folder, 'graph'), sharedFileSystem: true });
  triggers = await openTriggerStore(join(room.folder, 'triggers.mdb'));
  desk = new ThreadedProfileDesk(join(room.folder, 'identity'));
}, 120_000);
afterEach(async () => {
  await graph.close();
  await triggers.close();
  await desk.close();
  await room.close();
});

function load(key: string, changes: readonly GraphChange[]): Promise<unknown> {
  const batches = (async function* () {
    yield changes;
  })();
  return graph.load({ key, changes: batches }, { path: 'upsert' });
}

/** A profile as the graph has it. */
function vertexOf({ id, day, ...told }: SeenProfile): GraphChange {
  const properties = Object.entries(told).filter(([, value]) => typeof value === 'string');
  return {
    kind: 'vertex',
    id,
    label: 'Profile',
    properties: { first_seen: BigInt(day), ...Object.fromEntries(properties) },
  };
}

/** The people whom the last night resolved, in lake and graph. */
async function resolvedNight(): Promise<void> {
  const profiles = [...people.map(crmProfile), ...people.filter(({ number }) => isOdd(number)).map(shopProfile)];
  await room.see(...profiles);
  expect(await room.resolve(settings)).toMatchObject({ model: { status: 'learned' } });
  await load('night', [...profiles.map(vertexOf), ...(await tiesOfLake())]);
}

async function tiesOfLake(): Promise<GraphChange[]> {
  type Row = Record<'profile_id' | 'customer_id' | 'method' | 'rule', string> & { confidence: number };
  const rows = await room.lake.rows<Row>('SELECT * FROM identities ORDER BY profile_id');
  const customers = [...new Set(rows.map(({ customer_id }) => customer_id))];
  return [
    ...customers.map((id) => ({ kind: 'vertex', id, label: 'Customer', properties: {} }) as const),
    ...rows.flatMap(({ profile_id, customer_id, ...tie }) => identifiedAs(profile_id, customer_id, tie)),
  ];
}

/** A profile comes to be known, in lake and graph. */
async function arrive(profile: SeenProfile, key = profile.id): Promise<void> {
  await room.see(profile);
  await load(`arrival ${key}`, [vertexOf(profile)]);
}

async function customersOfLake(): Promise<Set<string>> {
  const rows = await room.lake.rows<{ customer_id: string }>('SELECT customer_id FROM customers');
  return new Set(rows.map(({ customer_id }) => customer_id));
}

async function follow(
  from = START,
  through: Graph = graph,
  lake = room.lake,
  profiles: ProfileDesk = desk,
): Promise<number> {
  const { followChanges } = createFollowActivities({
    ...{ feed: graph.feed, graph: through, lake, profiles, triggers, identity: settings, webhooks: {} },
    milestones: { milestones: [], broken: [], problems: [] },
  });
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  let identified = 0;
  for (let after = from; ;) {
    const followed = (await environment.run(followChanges, { after, seconds: 0 })) as Followed;
    identified += followed.identified;
    if (followed.changes === 0) return identified;
    after = followed.position;
  }
}

/** Of every profile that is tied in the graph: its customer, how and by what. */
async function tied(): Promise<Map<string, { customer: string; method: string; rule: string }>> {
  const ties = new Map<string, { customer: string; method: string; rule: string }>();
  for await (const element of graph.elements()) {
    if (element.kind !== 'edge' || element.label !== 'IDENTIFIED_AS') continue;
    const { method, rule } = element.properties;
    ties.set(element.from, { customer: element.to, method: String(method), rule: String(rule) });
  }
  return ties;
}

const crmIdOf = ({ number }: { number: number }) => `crm:${number}`;

describe('profiles that come to be known', () => {
  it('are given to the customer that a rule or the model tells, in graph and lake, until the night confirms it', async () => {
    await resolvedNight();
    await arrive({ id: 'web:1', day: 20, source: 'web', email: anna.email });
    await arrive({ ...shopProfile(ben), id: 'app:1', day: 20, source: 'app', phone: ben.mobile });
    expect(await follow()).toBe(2);

    const ties = await tied();
    expect(ties.get('web:1')).toEqual({
      customer: await room.customerOf(crmIdOf(anna)),
      method: 'real-time',
      rule: 'deterministic: email',
    });
    const bens = await room.customerOf(crmIdOf(ben));
    expect(ties.get('app:1')).toEqual({ customer: bens, method: 'real-time', rule: 'probabilistic' });
    const explained = await room.explain(bens);
    expect(explained.profiles).toContainEqual(expect.objectContaining({ profile: 'app:1', method: 'real-time' }));

    expect(await room.resolve(settings)).toMatchObject({ ran: 'incremental', changesByKind: { new: 2, moved: 0 } });
    expect(await room.customerOf('app:1')).toBe(bens);
    expect((await room.explain(bens)).profiles).toContainEqual(
      expect.objectContaining({ profile: 'app:1', method: 'probabilistic' }),
    );
  });

  it('are told of with what speaks for them, also where only the graph knows them', async () => {
    await resolvedNight();
    await load('one', [vertexOf({ id: 'web:1', day: 20, source: 'web', email: anna.email })]);
    await load('two', [vertexOf({ id: 'web:2', day: 20, source: 'web', email: 'nobody@nowhere.example' })]);
    expect(await follow()).toBe(2);
    const ties = await tied();
    const annas = await room.explain(ties.get('web:1')!.customer);
    expect(annas.profiles).toContainEqual(expect.objectContaining({ profile: 'web:1', source: 'web' }));
    const link = { profileA: crmIdOf(anna), profileB: 'web:1', method: 'deterministic', rule: 'email', probability: 1 };
    expect(annas.edges).toContainEqual(expect.objectContaining(link));
    expect(annas.weakest).not.toBeNull();
    expect((await room.explain(ties.get('web:2')!.customer)).profiles).toMatchObject([{ profile: 'web:2' }]);
  });

  it('are split from the customer that they were given to by whoever knows better', async () => {
    await resolvedNight();
    await arrive({ id: 'web:1', day: 20, source: 'web', email: anna.email });
    await follow();
    const annas = await room.customerOf(crmIdOf(anna));
    const { profiles } = await room.explain(annas);
    expect(await room.say('split', 'web:1')).toMatchObject({ pairs: profiles.length - 1 });
    await room.resolve(settings);
    expect(await room.customerOf('web:1')).not.toBe(annas);
  });

  it('are customers of their own where nobody is like them, with the id that the night gives them', async () => {
    await resolvedNight();
    await arrive({ id: 'web:2', day: 20, source: 'web', email: 'nobody@nowhere.example', given_name: 'Xqzw' });
    expect(await follow()).toBe(1);
    const { customer } = (await tied()).get('web:2')!;
    await room.resolve(settings);
    expect(await room.customerOf('web:2')).toBe(customer);
  });

  it('are asked for again when they tell more, and leave nobody behind', async () => {
    await resolvedNight();
    await arrive({ id: 'web:3', day: 20, source: 'web', given_name: 'Xqzw' });
    expect(await follow()).toBe(1);
    const { customer: before } = (await tied()).get('web:3')!;
    await arrive({ id: 'web:3', day: 21, source: 'web', given_name: 'Xqzw', email: anna.email }, 'again');
    expect(await follow()).toBe(1);
    expect((await tied()).get('web:3')!.customer).toBe(await room.customerOf(crmIdOf(anna)));
    expect(await graph.query([['V', { parameter: 'id' }], ['id']], { id: before })).toEqual([]);
  });

  it('are not taken by the model for somebody whom their source knows already', async () => {
    await resolvedNight();
    const twin: SeenProfile = { ...crmProfile(ben), id: 'crm:twin', day: 20, email: null };
    await arrive(twin);
    expect(await follow()).toBe(1);
    expect((await tied()).get('crm:twin')).toMatchObject({ method: 'real-time', rule: 'alone' });
  });

  it('stay with whom the night put them, however they change', async () => {
    await resolvedNight();
    const before = await tied();
    await load('changed', [vertexOf({ ...crmProfile(anna), email: ben.email })]);
    expect(await follow()).toBe(0);
    expect(await tied()).toEqual(before);
  });

  it('wait for the night where there is no model yet', async () => {
    await arrive({ id: 'web:4', day: 20, source: 'web', email: anna.email });
    expect(await follow()).toBe(0);
    expect((await tied()).size).toBe(0);
  });

  it('are whose a resolution decides that ends while they are asked for', async () => {
    await resolvedNight();
    await arrive({ id: 'web:5', day: 20, source: 'web', given_name: 'Xqzw' });
    // The resolver answers before it learns of the e-mail address, with which the night resolves the profile meanwhile.
    const slow: Pick<typeof desk, 'resolve'> = {
      resolve: async (question) => {
        const answer = await desk.resolve(question);
        if (question.method === 'probabilistic') {
          await room.see({ id: 'web:5', day: 21, source: 'web', given_name: 'Xqzw', email: anna.email });
          await room.resolve(settings);
        }
        return answer;
      },
    };
    await follow(START, graph, room.lake, slow);
    const annas = await room.customerOf(crmIdOf(anna));
    expect((await tied()).get('web:5')).toEqual({ customer: annas, method: 'deterministic', rule: 'email' });
    expect(await graph.counts()).toMatchObject({ vertices: { Customer: (await customersOfLake()).size } });
  });

  it('are moved by the load of a resolution that knew nothing of the answer', async () => {
    await resolvedNight();
    await arrive({ id: 'web:6', day: 20, source: 'web', given_name: 'Xqzw' });
    const version = await room.lake.version();
    expect(await follow()).toBe(1);
    expect(version).toBeLessThan(await room.lake.version());
    await room.see({ id: 'web:6', day: 21, source: 'web', given_name: 'Xqzw', email: anna.email });
    await room.resolve(settings);
    const { loadGraph } = createLoadActivities({ lake: room.lake, graph });
    await new MockActivityEnvironment().run(loadGraph);
    expect((await tied()).get('web:6')).toMatchObject({ customer: await room.customerOf(crmIdOf(anna)) });
    expect(await graph.counts()).toMatchObject({ vertices: { Customer: (await customersOfLake()).size } });
    // What is answered is forgotten by the resolution after that which the graph has.
    await room.see({ ...crmProfile(ben), day: 22 });
    await room.resolve(settings);
    expect(await room.lake.rows('SELECT * FROM identity_answers')).toEqual([]);
  });

  it('go with their customer when a resolution makes two customers one, also where only the graph knows them', async () => {
    await resolvedNight();
    const web = (id: string, { email }: typeof anna) => vertexOf({ id, day: 20, source: 'web', email });
    await load('one', [web('web:7', anna), web('web:8', ben)]);
    await follow();
    const followed = await graph.feed.head();
    await room.say('merge', crmIdOf(anna), crmIdOf(ben));
    await room.resolve(settings);
    const { loadGraph } = createLoadActivities({ lake: room.lake, graph });
    await new MockActivityEnvironment().run(loadGraph);
    await follow(followed);
    const [ties, customer] = [await tied(), await room.customerOf(crmIdOf(ben))];
    for (const id of ['web:7', 'web:8']) expect(ties.get(id)).toMatchObject({ customer });
  });

  it('are given once, wherever their follower is killed', async () => {
    await resolvedNight();
    const arrivals = [1, 2, 3].map((number) => ({ ...shopProfile(people[number]!), id: `app:${number}`, day: 20 }));
    for (const arrival of arrivals) await arrive({ ...arrival, source: 'app' });
    for (let calls = 1; calls <= 4; calls++) {
      for (const afterEffect of [false, true]) {
        const cut = { calls, afterEffect };
        await follow(START, endingAt<Graph>(graph, cut), endingAt(room.lake, cut)).catch((error: unknown) => {
          if (!(error instanceof ProcessEnded)) throw error;
        });
      }
    }
    await follow();
    const ties = await tied();
    for (const { id } of arrivals) expect(ties.get(id)?.method).toBe('real-time');
    const kept = await room.lake.rows<{ profile_id: string; customer_id: string }>(
      'SELECT DISTINCT profile_id, customer_id FROM identity_answers ORDER BY profile_id',
    );
    expect(kept).toEqual(arrivals.map(({ id }) => ({ profile_id: id, customer_id: ties.get(id)!.customer })));
  });
});
