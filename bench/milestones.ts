import { MockActivityEnvironment } from '@temporalio/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFollowActivities, type Followed } from '../activities/follow';
import { startGremlinServer } from '../adapters/local/engines/gremlin-server';
import { openLocalGraph } from '../adapters/local/graph/local-graph';
import { openTriggerStore } from '../adapters/local/milestones/local-trigger-store';
import type { GraphChange } from '../core/graph/elements';
import { triggerOf, type MilestoneTrigger } from '../core/milestones/trigger';
import type { ChangeFeed, FeedPosition } from '../ports/change-feed';
import type { Graph, GraphLoad, GraphLoadOptions } from '../ports/graph';
import type { TriggerStore } from '../ports/trigger-store';
import { withoutIdentities } from '../test/support/without-identities';
import { median, print, runNode } from './measure';
import { benchMilestones } from './milestones-recompute';
import { cacheFolder, peerEvents, peerPython } from './peers';

const BENCH = 'milestones';
const EVERYBODY = 1_000_000;
const CUSTOMERS = 10_000;
const EVENTS_EACH = 20;
const BACKLOG = 1_000_000;
const SECONDS = 15;
const DAY_MS = 86_400_000;

/**
 * Milestones: computed for everybody in SQL; and in the graph as it changes, by ten stored queries and by a thousand:
 * `sustained` offers changes as fast as they are taken in, `latency` 100 a second and times each from the write to the
 * milestone, `backlog` a million changes at once that nobody followed.
 */
export async function milestonesBench(rounds: number): Promise<void> {
  await recompute(rounds);
  const triggers = (await benchMilestones()).milestones.map((milestone) => triggerOf(milestone, 0));
  await withGraph(triggers, async (room) => {
    await sustained(room, triggers.length);
    await latency(room);
    await backlog(room);
  });
  const many = Array.from({ length: 100 }, (_, copy) =>
    triggers.map((trigger) => (copy === 0 ? trigger : other(trigger, copy))),
  );
  await withGraph(many.flat(), (room) => sustained(room, many.flat().length));
}

async function recompute(rounds: number): Promise<void> {
  const file = await peerEvents(await peerPython(), EVERYBODY);
  const folder = join(cacheFolder, `lake-${EVERYBODY}`);
  const runs = [];
  for (let round = 0; round < rounds; round++) {
    const run = await runNode([join(__dirname, 'milestones-recompute.js'), folder, file]);
    runs.push({ ...(JSON.parse(run.stdout) as { seconds: number; milestones: number; reached: number }), ...run });
  }
  print({
    bench: BENCH,
    what: 'recompute',
    customers: EVERYBODY,
    milestones: runs[0]!.milestones,
    reached: runs[0]!.reached,
    seconds: median(runs.map(({ seconds }) => seconds)),
    whole_s: median(runs.map(({ wholeS }) => wholeS)),
    peak_mb: median(runs.map(({ peakRssMb }) => peakRssMb)),
  });
}

/** The same milestone about events that never happen. */
function other(trigger: MilestoneTrigger, copy: number): MilestoneTrigger {
  return {
    ...trigger,
    milestone: `${trigger.milestone}-${copy}`,
    events: trigger.events.map((event) => `${event}-${copy}`),
  };
}

interface Room {
  readonly graph: Graph;
  readonly feed: ChangeFeed;
  readonly store: TriggerStore;
  readonly follow: (after: FeedPosition, seconds: number) => Promise<Followed>;
  /** When milestones were written, by the id of their vertices; `performance.now()`. */
  readonly visible: Map<string, number>;
}

async function withGraph(triggers: readonly MilestoneTrigger[], work: (room: Room) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'hub-bench-milestones-'));
  const server = await startGremlinServer({ dir, logFile: join(dir, 'gremlin.log'), port: 0, heapMb: 6_000 });
  const local = await openLocalGraph({ url: server.url, dir: join(dir, 'graph'), sharedFileSystem: true });
  const store = await openTriggerStore(join(dir, 'triggers.mdb'));
  try {
    await store.activate(triggers);
    await local.load({ key: 'people', changes: inBatches(people()) });
    const visible = new Map<string, number>();
    const graph = watched(local, visible);
    const { followChanges } = createFollowActivities({
      feed: local.feed,
      ...withoutIdentities,
      graph,
      triggers: store,
      milestones: { milestones: [], broken: [], problems: [] },
      webhooks: {},
    });
    const follow = async (after: FeedPosition, seconds: number) =>
      (await new MockActivityEnvironment().run(followChanges, { after, seconds })) as Followed;
    await work({ graph, feed: local.feed, store, follow, visible });
  } finally {
    await local.close();
    await store.close();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** The graph, noting when milestones are written. */
function watched(graph: Graph, visible: Map<string, number>): Graph {
  return {
    load: async (load: GraphLoad, options?: GraphLoadOptions) => {
      const written: string[] = [];
      const noting = async function* () {
        for await (const batch of load.changes) {
          for (const change of batch)
            if (change.kind === 'vertex' && change.label === 'Milestone') written.push(change.id);
          yield batch;
        }
      };
      const result = await graph.load({ ...load, changes: noting() }, options);
      for (const id of written) visible.set(id, performance.now());
      return result;
    },
    query: (traversal, parameters, signal) => graph.query(traversal, parameters, signal),
    counts: () => graph.counts(),
    elements: () => graph.elements(),
    close: () => graph.close(),
  };
}

/** Offers changes for a while, as fast as the graph takes them, to whom follows; then waits until all is done. */
async function sustained({ feed, graph, follow }: Room, triggers: number): Promise<void> {
  const start = performance.now();
  const position = await feed.head();
  let offered = 0;
  const writing = (async () => {
    for (let round = 0; performance.now() - start < SECONDS * 1_000; round++) {
      const changes = events(`sustained-${round}`, 50, round * 50);
      offered += changes.length;
      await graph.load({ key: `sustained-${round}`, changes: once(changes) }, { path: 'upsert' });
    }
  })();
  const followed = await follow(position, SECONDS);
  await writing;
  const rest = await drain(follow, followed.position);
  const seconds = (performance.now() - start) / 1000;
  print({
    bench: BENCH,
    what: 'sustained',
    triggers,
    changes: offered,
    per_second: offered / seconds,
    looks: followed.looks + rest.looks,
  });
}

/** A hundred changes a second, every tenth of a second; the churn among them is timed. */
async function latency({ feed, graph, follow, visible }: Room): Promise<void> {
  const position = await feed.head();
  const written = new Map<string, number>();
  const writing = (async () => {
    const start = performance.now();
    for (let round = 0; round < SECONDS * 10; round++) {
      await sleep(Math.max(0, start + round * 100 - performance.now()));
      const customer = round;
      const at = Date.UTC(2026, 6, 1) + round;
      const churn = event(`latency-churn-${round}`, customer, 'churn', at);
      await graph.load(
        { key: `latency-${round}`, changes: once([...churn, ...events(`latency-${round}`, 4, round * 4)]) },
        { path: 'upsert' },
      );
      written.set(`milestone:churned/c${customer}/${at}`, performance.now());
    }
  })();
  const followed = await follow(position, SECONDS);
  await writing;
  await drain(follow, followed.position);
  const ms = [...written].flatMap(([id, at]) => (visible.has(id) ? [visible.get(id)! - at] : [])).sort((a, b) => a - b);
  const quantile = (share: number) => ms[Math.min(ms.length - 1, Math.floor(ms.length * share))] ?? NaN;
  print({
    bench: BENCH,
    what: 'latency',
    per_second: 100,
    timed: ms.length,
    of: written.size,
    p50_ms: quantile(0.5),
    p95_ms: quantile(0.95),
  });
}

/** Changes that nobody followed. */
async function backlog({ feed, graph, follow }: Room): Promise<void> {
  const position = await feed.head();
  const batches = async function* () {
    for (let start = 0; start < BACKLOG / 2; start += 2_500) yield events(`backlog-${start}`, 2_500, start);
  };
  await graph.load({ key: 'backlog', changes: batches() }, { path: 'upsert' });
  const start = performance.now();
  const followed = await drain(follow, position);
  const seconds = (performance.now() - start) / 1000;
  print({
    bench: BENCH,
    what: 'backlog',
    changes: BACKLOG,
    seconds,
    per_second: BACKLOG / seconds,
    looks: followed.looks,
    reached: followed.reached,
  });
}

async function drain(
  follow: Room['follow'],
  from: FeedPosition,
): Promise<{ readonly looks: number; readonly reached: number }> {
  let position = from;
  let [looks, reached] = [0, 0];
  for (;;) {
    const followed = await follow(position, 0);
    position = followed.position;
    looks += followed.looks;
    reached += followed.reached;
    if (followed.changes === 0) return { looks, reached };
  }
}

const TYPES = [
  'bill_issued',
  'bill_shock',
  'call_center',
  'complaint',
  'outage',
  'outage_resolved',
  'app_login',
  'web_login',
];
const MORE_TYPES = [
  'bill_payment',
  'retention_offer',
  'app_bill_view',
  'device_purchase',
  'speed_test',
  'store_visit',
  'web_faq',
  'ivr_menu',
];
const ALL_TYPES = [...TYPES, ...MORE_TYPES];

/** Customers with a profile and some events each, all before the ones that are offered. */
function* people(): Generator<GraphChange> {
  for (let customer = 0; customer < CUSTOMERS; customer++) {
    yield { kind: 'vertex', id: `c${customer}`, label: 'Customer', properties: {} };
    yield { kind: 'vertex', id: `p${customer}`, label: 'Profile', properties: { source: 'bench' } };
  }
  for (let customer = 0; customer < CUSTOMERS; customer++) {
    const ends = { from: `p${customer}`, to: `c${customer}` };
    yield { kind: 'edge', id: `identified:p${customer}`, label: 'IDENTIFIED_AS', ...ends, properties: {} };
  }
  for (let number = 0; number < CUSTOMERS * EVENTS_EACH; number++) {
    const [vertex] = known(number);
    yield vertex!;
  }
  for (let number = 0; number < CUSTOMERS * EVENTS_EACH; number++) {
    const [, edge] = known(number);
    yield edge!;
  }
}

function known(number: number): GraphChange[] {
  const at = Date.UTC(2026, 0, 1) + (number % EVENTS_EACH) * 7 * DAY_MS + (number % 977) * 1_000;
  return event(`known-${number}`, Math.floor(number / EVENTS_EACH), ALL_TYPES[(number * 7) % ALL_TYPES.length]!, at);
}

/** Events of so many customers, vertices first. */
function events(name: string, count: number, first: number): GraphChange[] {
  const all = Array.from({ length: count }, (_, index) => {
    const number = first + index;
    const at = Date.UTC(2026, 5, 1) + Math.floor(number / CUSTOMERS) * 3_600_000 + number;
    return event(`${name}-${index}`, (number * 7_919) % CUSTOMERS, ALL_TYPES[(number * 13) % ALL_TYPES.length]!, at);
  }).flat();
  return [...all.filter(({ kind }) => kind === 'vertex'), ...all.filter(({ kind }) => kind === 'edge')];
}

function event(name: string, customer: number, type: string, at: number): GraphChange[] {
  const id = `bench/${name}`;
  return [
    { kind: 'vertex', id, label: 'Event', properties: { type, channel: 'bench', ts: BigInt(at), source: 'bench' } },
    { kind: 'edge', id: `performed:${id}`, label: 'PERFORMED', from: `p${customer}`, to: id, properties: {} },
  ];
}

async function* once(changes: readonly GraphChange[]): AsyncGenerator<readonly GraphChange[]> {
  yield changes;
}

async function* inBatches(changes: Iterable<GraphChange>): AsyncGenerator<GraphChange[]> {
  let batch: GraphChange[] = [];
  for (const change of changes) {
    if (batch.push(change) < 5_000) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
