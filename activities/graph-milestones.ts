import { countOf, countsByType, timeOfEvent } from '../core/milestones/gremlin/everybody-gremlin';
import type { DeclaredMilestones, Milestone } from '../core/milestones/milestone';
import { milestonesAmong, milestonesWithin } from '../core/milestones/pattern';
import type { JourneyCounts } from '../core/milestones/reach-estimate';
import type { Judgement } from '../core/milestones/reconcile';
import { wantedAmong } from '../core/milestones/wanted';
import type { Graph } from '../ports/graph';
import type { Lake, ReadOptions } from '../ports/lake';
import type { HubSettings } from '../schemas/hub';
import type { MilestoneRunPlan } from '../schemas/milestone-run';
import { computableAmong, type RefusedMilestone } from './computable-milestones';
import { EverybodyInGraph } from './everybody-in-graph';
import { digest, lastRuns, type LastRun } from './milestone-runs';
import { MilestoneSizes } from './milestone-sizes';

export interface GraphMilestonePorts {
  readonly lake: Lake;
  readonly graph: Pick<Graph, 'query'>;
  readonly milestones: DeclaredMilestones;
  readonly settings: Pick<HubSettings, 'milestones'>;
}

export interface GraphMilestoneRun {
  readonly plan: MilestoneRunPlan;
  /** Names of milestones computed from the lake that cannot be. */
  readonly without: readonly string[];
}

/** Which milestones are to be computed from the graph. */
export interface GraphMilestonePlan {
  /** These, for all customers. */
  readonly everybody: EverybodyInGraph;
  /** By milestone, what it is computed from. */
  readonly bases: ReadonlyMap<string, string>;
  readonly unchanged: readonly string[];
  readonly refused: readonly RefusedMilestone[];
  readonly last: ReadonlyMap<string, LastRun>;
  /** The lake's version by which all this was decided. */
  readonly version: number;
}

/** Decides which milestones are to be computed from the graph as it is; nothing where none is declared so. */
export async function planGraphMilestones(
  { lake, graph, milestones: declared, settings }: GraphMilestonePorts,
  { plan, without }: GraphMilestoneRun,
  signal: AbortSignal,
): Promise<GraphMilestonePlan | undefined> {
  const own = declared.milestones.filter(({ spec }) => spec.from === 'graph');
  if (own.length === 0) return undefined;
  const read = { version: await lake.version(), signal };
  const size = await sizeOf(graph, signal);
  const judgement = judgementOf(plan);
  const count = async (milestones: readonly Milestone[]) => {
    const counts = await new EverybodyInGraph(graph, milestones, judgement, signal).counts();
    return counts.at(-1)!.reached;
  };
  const sizes = new MilestoneSizes({ ...size, count }, settings.milestones.mostElements);
  const { good, refused } = await computableAmong(own, new Set(size.counts.events.keys()), sizes, without);
  const last = await lastRuns(lake, read);
  const bases = await basesOf(lake, { milestones: good, size, last }, plan, read);
  const isGood = new Set(good);
  const able = declared.milestones.filter((one) => one.spec.from === 'lake' || isGood.has(one));
  const wanted = wantedAmong(able, plan.milestones).filter(
    ({ spec: { name, from } }) =>
      from === 'graph' && (plan.mode === 'full' || last.get(name)?.basis !== bases.get(name)),
  );
  return {
    everybody: new EverybodyInGraph(graph, wanted, judgement, signal),
    bases,
    unchanged: good.filter((one) => !wanted.includes(one)).map(({ spec }) => spec.name),
    refused,
    last,
    version: read.version,
  };
}

/** What is found is written within the days that are asked for; what passed since the time of the computation is left. */
function judgementOf({ asOf, from, to }: MilestoneRunPlan): Judgement {
  const first = from === undefined ? -Infinity : Date.parse(from);
  const end = to === undefined ? Infinity : Date.parse(to) + DAY_MS;
  const writes = (reachedAt: number) => reachedAt >= first && reachedAt < end;
  return { asOf, writes, retracts: (reachedAt) => writes(reachedAt) && reachedAt <= asOf };
}

const DAY_MS = 24 * 60 * 60 * 1_000;

interface GraphSize {
  readonly counts: JourneyCounts;
  readonly profiles: number;
  /** When the last event was, in epoch milliseconds. */
  readonly lastEvent: number;
  /** By milestone, how often it was reached. */
  readonly parts: ReadonlyMap<string, number>;
}

async function sizeOf(graph: Pick<Graph, 'query'>, signal: AbortSignal): Promise<GraphSize> {
  const byType = async (label: 'Event' | 'Milestone') => {
    const [counts] = (await graph.query(countsByType(label), {}, signal)) as ReadonlyMap<string, unknown>[];
    return [...(counts ?? [])].map(([type, count]): [string, number] => [type, Number(count)]);
  };
  const number = async (traversal: ReturnType<typeof countOf>) =>
    Number((await graph.query(traversal, {}, signal))[0] ?? 0);
  const [firstEvent, lastEvent] = [await number(timeOfEvent('min')), await number(timeOfEvent('max'))];
  const reached = await byType('Milestone');
  return {
    counts: {
      events: new Map(await byType('Event')),
      customers: await number(countOf('Customer')),
      spanMs: lastEvent - firstEvent,
    },
    profiles: await number(countOf('Profile')),
    lastEvent,
    parts: new Map(reached.flatMap(([type, count]) => milestonesAmong([type]).map((name) => [name, count]))),
  };
}

/**
 * By milestone, what it is computed from: its spec, the batches of the lake that the graph has, how much the graph has of
 * everything, its parts; and the time, if it awaits any.
 */
async function basesOf(
  lake: Lake,
  { milestones, size, last }: { milestones: readonly Milestone[]; size: GraphSize } & Pick<GraphMilestonePlan, 'last'>,
  { asOf, from, to }: MilestoneRunPlan,
  read: ReadOptions,
): Promise<Map<string, string>> {
  const batches = await lake.rows(
    "SELECT DISTINCT batch FROM consumed_batches WHERE consumer = 'graph' ORDER BY batch",
    read,
  );
  const { customers, events } = size.counts;
  const data = digest(['graph', batches, customers, size.profiles, [...events].sort(([a], [b]) => (a < b ? -1 : 1))]);
  const bases = new Map<string, string>();
  for (const { spec, version } of milestones) {
    const parts = milestonesWithin(spec).map((part) => bases.get(part) ?? last.get(part)?.basis);
    // Nothing is awaited any more when the last event is longer ago than an absence takes.
    const time = spec.notFollowedBy && Math.min(asOf, size.lastEvent + spec.notFollowedBy.within);
    bases.set(spec.name, digest([version, data, parts, time, from, to]));
  }
  return bases;
}
