import { createHash } from 'node:crypto';
import { unknownEvents } from '../core/milestones/check-milestones';
import type { DeclaredMilestones, Milestone } from '../core/milestones/milestone';
import { milestonesWithin } from '../core/milestones/pattern';
import { dryRunSql, recomputeQueries, type Recomputation } from '../core/milestones/sql/recompute-sql';
import type { Lake, ReadOptions } from '../ports/lake';
import type { HubSettings } from '../schemas/hub';
import { problemText } from '../schemas/issues';
import { milestoneRunInput, type MilestoneRunInput, type MilestoneRunPlan } from '../schemas/milestone-run';
import { cancellation, whileAlive } from './context';
import { findMilestone } from './find-milestone';
import { MilestoneSizes } from './milestone-sizes';

export interface ComputedMilestone {
  readonly milestone: string;
  readonly version: string;
  /** How often it was reached, and by how many customers. */
  readonly reached: number;
  readonly customers: number;
}

export interface RefusedMilestone {
  readonly milestone: string;
  readonly reason: string;
  /** Whether its stored query must not follow the graph either. One that awaits its first event does. */
  readonly isTooMuch: boolean;
}

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
  readonly milestones: DeclaredMilestones;
  readonly settings: Pick<HubSettings, 'milestones'>;
}

export function createMilestoneActivities({ lake, milestones: hub, settings }: MilestoneDependencies) {
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

    /** Computes who reached what, in SQL, for everybody; the graph is not touched. */
    async recomputeMilestones(plan: MilestoneRunPlan): Promise<RecomputeResult> {
      const work = { stage: 'milestones', unit: 'milestones', done: 0 };
      return whileAlive(work, () => recompute(lake, hub, plan, settings.milestones.mostElements));
    },
  };
}

async function recompute(
  lake: Lake,
  hub: DeclaredMilestones,
  plan: MilestoneRunPlan,
  mostElements: number,
): Promise<RecomputeResult> {
  const read = { version: await lake.version(), signal: cancellation() };
  const steps = await lake.rows<{ code: number; type: string }>('SELECT code, type FROM steps', read);
  const codes = new Map(steps.map(({ code, type }) => [type, Number(code)]));
  const sizes = await MilestoneSizes.measure({ lake, codes, mostElements, asOf: plan.asOf, read });
  const { good, refused } = await computable(hub.milestones, new Set(codes.keys()), sizes);
  const last = await lastRuns(lake, read);
  const bases = await basesOf(lake, good, plan, read);
  const wanted = wantedOf(good, plan, (name) => plan.mode === 'full' || last.get(name)?.basis !== bases.get(name));
  const current = new Set([...hub.milestones.map(({ spec }) => spec.name), ...hub.broken]);
  const retired = [...last]
    .filter(([name, { status }]) => status !== 'retired' && !current.has(name))
    .map(([name]) => name);
  const computed = wanted.map((milestone) => ({ ...milestone, basis: bases.get(milestone.spec.name)! }));
  const computing = new Set(computed.map(({ spec }) => spec.name));
  const kept = [...last.keys()].filter((name) => current.has(name) && !computing.has(name));
  const unchanged = good.map(({ spec }) => spec.name).filter((name) => !computing.has(name));
  const { asOf, from, to, dryRun } = plan;
  // In full they are computed again though nothing is different.
  const again = plan.mode === 'full' ? asOf : undefined;
  const batch = `milestones-${await nextNumber(lake, read)}-${digest([computed.map(({ basis }) => basis), again])}`;
  const run: Recomputation = { computed, kept, retired, codes, asOf, from, to, batch };
  const outcome = { unchanged, retired, refused, dryRun };
  if (dryRun) return { ...outcome, computed: await lake.rows<ComputedMilestone>(dryRunSql(run, lake.dialect), read) };
  if (computed.length + retired.length === 0) return { ...outcome, computed: [] };
  await lake.commit(
    { key: batch, series: 'milestones', version: read.version, ...recomputeQueries(run, lake.dialect) },
    { signal: read.signal },
  );
  return { ...outcome, computed: await runOf(lake, batch) };
}

async function runOf(lake: Lake, batch: string): Promise<ComputedMilestone[]> {
  const rows = await lake.rows<Record<'milestone' | 'version', string> & Record<'reached' | 'customers', bigint>>(
    `SELECT milestone, version, reached, customers FROM milestone_runs WHERE batch = $batch AND status = 'computed'`,
    { parameters: { batch } },
  );
  return rows.map((row) => ({ ...row, reached: Number(row.reached), customers: Number(row.customers) }));
}

/** Those whose step types the journeys have, whose parts can be computed, and that the graph has room for. */
async function computable(
  milestones: readonly Milestone[],
  known: ReadonlySet<string>,
  sizes: MilestoneSizes,
): Promise<{ readonly good: Milestone[]; readonly refused: RefusedMilestone[] }> {
  const good: Milestone[] = [];
  const refused: RefusedMilestone[] = [];
  for (const milestone of milestones) {
    const { name } = milestone.spec;
    const problems = unknownEvents(milestone.spec, known).map(problemText);
    const broken = milestonesWithin(milestone.spec).find((part) => refused.some((one) => one.milestone === part));
    if (broken !== undefined) problems.push(`is made of milestone "${broken}", which cannot be computed`);
    const excess = problems.length === 0 ? await sizes.excessOf(milestone, good) : undefined;
    const isTooMuch = excess !== undefined;
    if (isTooMuch) problems.push(excess);
    if (problems.length === 0) good.push(milestone);
    else refused.push({ milestone: name, reason: problems.join('; '), isTooMuch });
  }
  return { good, refused };
}

/** The milestones to compute: those asked for that are stale, and what they are made of where it is. */
function wantedOf(
  good: readonly Milestone[],
  { milestones: asked }: MilestoneRunPlan,
  isStale: (name: string) => boolean,
): Milestone[] {
  const wanted = new Set<string>();
  for (const { spec } of [...good].reverse()) {
    const isAsked = asked === undefined || asked.includes(spec.name) || wanted.has(spec.name);
    if (!isAsked) continue;
    wanted.add(spec.name);
    for (const part of milestonesWithin(spec)) wanted.add(part);
  }
  return good.filter(({ spec }) => wanted.has(spec.name) && isStale(spec.name));
}

async function lastRuns(
  lake: Lake,
  read: ReadOptions,
): Promise<Map<string, { readonly basis: string; readonly status: string }>> {
  const rows = await lake.rows<{ milestone: string; basis: string; status: string }>(
    `SELECT milestone, basis, status FROM (
  SELECT milestone, basis, status, row_number() OVER (PARTITION BY milestone ORDER BY computed_at DESC, batch DESC) AS age
  FROM milestone_runs) AS runs WHERE age = 1 ORDER BY milestone`,
    read,
  );
  return new Map(rows.map(({ milestone, ...run }) => [milestone, run]));
}

/** Zero-padded, so that batches sort in the order of the computations. */
async function nextNumber(lake: Lake, read: ReadOptions): Promise<string> {
  const sql = 'SELECT CAST(count(DISTINCT batch) AS DOUBLE) AS runs FROM milestone_runs';
  const [made] = await lake.rows<{ runs: number }>(sql, read);
  return String((made?.runs ?? 0) + 1).padStart(6, '0');
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

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
