import type { DeclaredMilestones, Milestone } from '../core/milestones/milestone';
import { milestonesWithin } from '../core/milestones/pattern';
import { dryRunSql, recomputeQueries, type Recomputation } from '../core/milestones/sql/recompute-sql';
import { wantedAmong } from '../core/milestones/wanted';
import type { Graph } from '../ports/graph';
import type { Lake, ReadOptions } from '../ports/lake';
import type { HubSettings } from '../schemas/hub';
import { milestoneRunInput, type MilestoneRunInput, type MilestoneRunPlan } from '../schemas/milestone-run';
import { computableAmong, type RefusedMilestone } from './computable-milestones';
import { cancellation, whileAlive } from './context';
import { findMilestone } from './find-milestone';
import { planGraphMilestones } from './graph-milestones';
import { batchOf, digest, lastRuns, runsLike, type ComputedMilestone } from './milestone-runs';
import { MilestoneSizes, measuredInLake } from './milestone-sizes';

export interface RecomputeResult {
  readonly computed: readonly ComputedMilestone[];
  /** Whose spec and data are those of the last computation. */
  readonly unchanged: readonly string[];
  readonly retired: readonly string[];
  /** Why others were not computed; what was known of them is kept. */
  readonly refused: readonly RefusedMilestone[];
  readonly dryRun: boolean;
}

export interface MilestoneDependencies {
  readonly lake: Lake;
  readonly graph: Pick<Graph, 'query'>;
  readonly milestones: DeclaredMilestones;
  readonly settings: Pick<HubSettings, 'milestones'>;
}

export function createMilestoneActivities(ports: MilestoneDependencies) {
  const { milestones: hub } = ports;
  return {
    /**
     * Checks what a person typed and fills in the defaults.
     *
     * @param startedAt epoch milliseconds at which the workflow was started or scheduled
     * @throws ZodError naming the field; HubError MILESTONE_UNKNOWN
     */
    async planMilestones(given: { input: MilestoneRunInput; startedAt: number }): Promise<MilestoneRunPlan> {
      const { asOf, ...plan } = milestoneRunInput.parse(given.input ?? {}, { reportInput: true });
      plan.milestones?.forEach((name, index) => findMilestone(hub, name, `milestones.${index}`));
      return { ...plan, asOf: asOf === undefined ? given.startedAt : Date.parse(asOf) };
    },

    /**
     * Computes who reached what, in SQL, for everybody; the graph is not touched. Those that are computed from the graph are
     * left to `loadMilestones`; only a dry run counts them, in the graph as it is.
     */
    async recomputeMilestones(plan: MilestoneRunPlan): Promise<RecomputeResult> {
      const work = { stage: 'milestones', unit: 'milestones', done: 0 };
      return whileAlive(work, async () => {
        const result = await recompute(ports, plan);
        return plan.dryRun ? withGraph(ports, plan, result) : result;
      });
    },
  };
}

async function recompute(
  { lake, milestones: hub, settings }: MilestoneDependencies,
  plan: MilestoneRunPlan,
): Promise<RecomputeResult> {
  const read = { version: await lake.version(), signal: cancellation() };
  const steps = await lake.rows<{ code: number; type: string }>('SELECT code, type FROM steps', read);
  const codes = new Map(steps.map(({ code, type }) => [type, Number(code)]));
  const measures = await measuredInLake(lake, codes, plan.asOf, read);
  const { good, refused } = await computableAmong(
    hub.milestones.filter(({ spec }) => spec.from === 'lake'),
    new Set(codes.keys()),
    new MilestoneSizes(measures, settings.milestones.mostElements),
  );
  const last = await lastRuns(lake, read);
  const bases = await basesOf(lake, good, plan, read);
  const isStale = (name: string) => plan.mode === 'full' || last.get(name)?.basis !== bases.get(name);
  const isGood = new Set(good.map(({ spec }) => spec.name));
  const able = hub.milestones.filter(({ spec }) => spec.from === 'graph' || isGood.has(spec.name));
  const computed = wantedAmong(able, plan.milestones)
    .filter(({ spec }) => spec.from === 'lake' && isStale(spec.name))
    .map((milestone) => ({ ...milestone, basis: bases.get(milestone.spec.name)! }));
  const current = new Set([...hub.milestones.map(({ spec }) => spec.name), ...hub.broken]);
  const retired = [...last]
    .filter(([name, { status }]) => status !== 'retired' && !current.has(name))
    .map(([name]) => name);
  const computing = new Set(computed.map(({ spec }) => spec.name));
  const kept = [...last.keys()].filter((name) => current.has(name) && !computing.has(name));
  const unchanged = good.map(({ spec }) => spec.name).filter((name) => !computing.has(name));
  const { asOf, from, to, dryRun } = plan;
  // In full they are computed again though nothing is different.
  const again = plan.mode === 'full' ? asOf : undefined;
  const batch = await batchOf(lake, [computed.map(({ basis }) => basis), again], read);
  const run: Recomputation = { computed, kept, retired, codes, asOf, from, to, batch };
  const outcome = { unchanged, retired, refused, dryRun };
  if (dryRun) return { ...outcome, computed: await lake.rows<ComputedMilestone>(dryRunSql(run, lake.dialect), read) };
  if (computed.length + retired.length === 0) return { ...outcome, computed: [] };
  await lake.commit(
    { key: batch, series: 'milestones', version: read.version, ...recomputeQueries(run, lake.dialect) },
    { signal: read.signal },
  );
  return { ...outcome, computed: await runsLike(lake, batch) };
}

/** What a dry run says, with those that are computed from the graph. */
async function withGraph(
  ports: MilestoneDependencies,
  plan: MilestoneRunPlan,
  { computed, unchanged, refused, ...result }: RecomputeResult,
): Promise<RecomputeResult> {
  const without = refused.map(({ milestone }) => milestone);
  const found = await planGraphMilestones(ports, { plan, without }, cancellation());
  if (found === undefined) return { computed, unchanged, refused, ...result };
  return {
    ...result,
    computed: [...computed, ...(await found.everybody.counts())],
    unchanged: [...unchanged, ...found.unchanged],
    refused: [...refused, ...found.refused],
  };
}

/**
 * By milestone, what it is computed from: its spec, the batches that are in the lake and those that are in its journeys,
 * its parts; and the time, if it awaits any.
 */
async function basesOf(
  lake: Lake,
  milestones: readonly Milestone[],
  { asOf, from, to }: MilestoneRunPlan,
  read: ReadOptions,
): Promise<Map<string, string>> {
  const bases = new Map<string, string>();
  const [last] = await lake.rows<{ at: number | null }>(
    `SELECT CAST(${lake.dialect.milestones.epochMs('max(occurred_at)')} AS DOUBLE) AS at FROM events`,
    read,
  );
  const batches = await lake.rows(
    `SELECT batch, 0 AS encoded FROM files UNION SELECT batch, 0 FROM identity_changes
UNION SELECT batch, 1 FROM consumed_batches WHERE consumer = 'journeys' ORDER BY batch, encoded`,
    read,
  );
  const data = digest(batches);
  for (const { spec, version } of milestones) {
    const parts = milestonesWithin(spec).map((part) => bases.get(part));
    // Nothing is awaited any more when the last event is longer ago than an absence takes.
    const time = spec.notFollowedBy && Math.min(asOf, (last?.at ?? 0) + spec.notFollowedBy.within);
    bases.set(spec.name, digest([version, data, parts, time, from, to]));
  }
  return bases;
}
