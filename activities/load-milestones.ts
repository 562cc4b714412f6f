import { changedCustomersSql } from '../core/journeys/encode-sql';
import { attributeValue } from '../core/graph/attribute-value';
import { inWritingOrder } from '../core/graph/changes';
import type { GraphChange } from '../core/graph/elements';
import type { DeclaredMilestones, Milestone } from '../core/milestones/milestone';
import { milestoneElements, type StepEvidence } from '../core/milestones/milestone-elements';
import { milestoneId, milestoneKeyOf } from '../core/milestones/milestone-id';
import { evidenceSql } from '../core/milestones/sql/evidence-sql';
import { triggerOf } from '../core/milestones/trigger';
import type { Graph } from '../ports/graph';
import type { Lake, ReadOptions } from '../ports/lake';
import type { DueLook } from '../ports/trigger-store';
import type { HubSettings } from '../schemas/hub';
import type { MilestoneRunPlan } from '../schemas/milestone-run';
import { awaitedAbsences } from './awaited-absences';
import type { RefusedMilestone } from './computable-milestones';
import { cancellation, heartbeat, whileAlive } from './context';
import { planGraphMilestones, type GraphMilestoneRun } from './graph-milestones';
import { loadFromGraph, type LoadFromGraphPorts } from './load-graph-milestones';
import { allWrong, differenceOf, type MilestoneDifference, type WantedMilestone } from './milestone-difference';
import type { ComputedMilestone } from './milestone-runs';
import { consumed, pendingBatches } from './pending-batches';

export interface LoadMilestonesInput {
  /** Epoch milliseconds. */
  readonly storedAt: number;
  /** Milestones whose stored queries must not follow the graph. */
  readonly withheld?: readonly string[];
  /** What is to be computed from the graph; absent where an earlier release began. */
  readonly run?: GraphMilestoneRun;
}

export interface LoadMilestonesResult {
  /** Milestones that the graph gained and lost; one whose steps changed is both. */
  readonly added: number;
  readonly removed: number;
  /** Stored queries that are active. */
  readonly triggers: number;
  /** What came of those that are computed from the graph, where there are any. */
  readonly fromGraph?: {
    readonly computed: readonly ComputedMilestone[];
    readonly unchanged: readonly string[];
    readonly refused: readonly RefusedMilestone[];
  };
}

/** So few customers are named in the query for what they did; of more everybody's is read. */
const MOST_NAMED = 2_000;
/** Milestones whose elements are written together. */
const TOGETHER = 2_000;

export interface LoadMilestonesPorts extends LoadFromGraphPorts {
  readonly milestones: DeclaredMilestones;
  readonly settings: Pick<HubSettings, 'milestones'>;
}

export function createLoadMilestonesActivities(ports: LoadMilestonesPorts) {
  return {
    /**
     * Brings the milestones in the graph up to what was computed in the lake, and makes the stored queries those of the
     * declared specs; then computes those that are computed from the graph. It compares with what the graph has, so that it
     * may be cut off and run again at any time.
     */
    async loadMilestones(input: LoadMilestonesInput): Promise<LoadMilestonesResult> {
      return whileAlive({ stage: 'load', unit: 'milestones', done: 0 }, async () => {
        const counts = await loadComputed(ports, { version: await ports.lake.version(), signal: cancellation() });
        const plan: MilestoneRunPlan = { mode: 'changed', dryRun: false, asOf: input.storedAt };
        const run = input.run ?? { plan, without: [] };
        const planned = await planGraphMilestones(ports, run, cancellation());
        const withheld = (planned?.refused ?? [])
          .filter(({ isTooMuch }) => isTooMuch)
          .map(({ milestone }) => milestone);
        withheld.push(...(input.withheld ?? []));
        const active = ports.milestones.milestones.filter(({ spec }) => !withheld.includes(spec.name));
        // Before the graph is read: what happens while it is will be followed.
        const stored = active.map((milestone) => triggerOf(milestone, input.storedAt));
        await ports.triggers.activate(stored, cancellation());
        if (planned === undefined) return { ...counts, triggers: active.length };
        const { computed, added, removed } = await loadFromGraph(ports, planned, run.plan, [input.storedAt, run.plan]);
        const isNew = new Set(computed.map(({ milestone }) => milestone));
        return {
          triggers: active.length,
          added: counts.added + added,
          removed: counts.removed + removed,
          fromGraph: {
            computed,
            unchanged: planned.unchanged.filter((name) => !isNew.has(name)),
            refused: planned.refused,
          },
        };
      });
    },
  };
}

/** Brings the milestones in the graph up to what was computed in the lake. */
async function loadComputed({ lake, graph, triggers, milestones: declared }: LoadMilestonesPorts, read: ReadOptions) {
  const counts = { added: 0, removed: 0 };
  const ahead = await customersAhead(lake, read);
  const pending = await pendingRuns(lake, read);
  for (const name of partsFirst(declared, new Set(pending.map(({ milestone }) => milestone)))) {
    const milestone = declared.milestones.find(({ spec }) => spec.name === name);
    // What the lake had of it before is no matter any more.
    if (milestone?.spec.from === 'graph') continue;
    const asOf = Math.max(...pending.filter((run) => run.milestone === name).map((run) => run.as_of));
    const difference =
      milestone === undefined
        ? await allWrong(graph, name, read)
        : await differenceOf(lake, graph, milestone, asOf, read);
    await write(lake, graph, milestone, difference, read);
    if (milestone !== undefined) {
      await triggers.setDue(await awaitedAbsences(lake, milestone.spec, asOf, ahead, read), read.signal);
      await triggers.setDue(looksAgain(difference, ahead), read.signal);
    }
    counts.added += difference.missing.size;
    counts.removed += difference.wrong.length + difference.stale.size;
    heartbeat({ stage: 'load', unit: 'milestones', done: counts.added, detail: name });
  }
  const batches = [...new Set(pending.map(({ batch }) => batch))];
  if (batches.length > 0) await lake.commit({ key: `graph:${batches.join()}`, ...consumed('milestones', batches) });
  return counts;
}

interface PendingRun {
  readonly batch: string;
  readonly milestone: string;
  /** Epoch milliseconds: until when everything was known. */
  readonly as_of: number;
}

/** The computations that the graph has not taken over. */
function pendingRuns(lake: Lake, read: ReadOptions): Promise<PendingRun[]> {
  return lake.rows(
    `SELECT batch, milestone, CAST(${lake.dialect.milestones.epochMs('computed_at')} AS DOUBLE) AS as_of FROM milestone_runs
WHERE batch NOT IN (SELECT batch FROM consumed_batches WHERE consumer = 'milestones') ORDER BY batch, milestone`,
    read,
  );
}

/**
 * Customers of whom the graph knows what journeys, and so computed milestones, do not yet: what follows the graph may have
 * looked at them before.
 */
async function customersAhead(lake: Lake, read: ReadOptions): Promise<ReadonlySet<string>> {
  const pending = await pendingBatches(lake, 'journeys', read);
  if (pending.landed.length + pending.identity.length === 0) return new Set();
  const rows = await lake.rows<{ customer_id: string }>(changedCustomersSql(pending), read);
  return new Set(rows.map((row) => row.customer_id));
}

/** What was written of such customers, and what cannot be judged, is to be looked at again, now. */
function looksAgain({ missing, wrong, later }: MilestoneDifference, ahead: ReadonlySet<string>): DueLook[] {
  const written = [...missing.keys(), ...wrong].map(milestoneKeyOf).filter(({ customerId }) => ahead.has(customerId));
  return [...written, ...later.map(milestoneKeyOf)].map(({ customerId, milestone }) => ({
    customerId,
    milestone,
    dueAt: 0,
  }));
}

/** Names of milestones, the parts of others first. */
function partsFirst({ milestones }: DeclaredMilestones, names: ReadonlySet<string>): string[] {
  const inOrder = milestones.map(({ spec }) => spec.name).filter((name) => names.has(name));
  return [...inOrder, ...[...names].filter((name) => !inOrder.includes(name))];
}

async function write(
  lake: Lake,
  graph: Graph,
  milestone: Milestone | undefined,
  { missing, stale, wrong }: MilestoneDifference,
  read: ReadOptions,
): Promise<void> {
  if (missing.size + wrong.length === 0) return;
  const changes = async function* (): AsyncGenerator<GraphChange[]> {
    yield wrong.map((id) => ({ kind: 'remove-vertex', id }));
    if (milestone !== undefined) yield* elementsOf(lake, milestone, { missing, stale }, read);
  };
  await graph.load(
    { changes: changes() },
    { path: 'upsert', ...(read.signal === undefined ? {} : { signal: read.signal }) },
  );
}

/**
 * The missing milestones as elements, many at a time, all vertices of them before their edges. Those that are there
 * otherwise are taken away in the same commit: nobody sees the graph without them.
 */
async function* elementsOf(
  lake: Lake,
  milestone: Milestone,
  { missing, stale }: Pick<MilestoneDifference, 'missing' | 'stale'>,
  read: ReadOptions,
): AsyncGenerator<GraphChange[]> {
  let waiting: GraphChange[] = [];
  let count = 0;
  const flush = (): GraphChange[] => {
    const batch = inWritingOrder(waiting);
    waiting = [];
    return batch;
  };
  for await (const [id, evidence] of evidenceOf(lake, milestone, missing, read)) {
    const { customerId, reachedAt, completion } = missing.get(id)!;
    if (stale.has(id)) waiting.push({ kind: 'remove-vertex', id });
    waiting.push(...milestoneElements(milestone, customerId, { reachedAt, completion }, evidence));
    if (++count % TOGETHER === 0) yield flush();
  }
  yield flush();
}

/** By what each of the missing milestones was reached. */
async function* evidenceOf(
  lake: Lake,
  { spec }: Milestone,
  missing: ReadonlyMap<string, WantedMilestone>,
  read: ReadOptions,
): AsyncGenerator<[id: string, evidence: StepEvidence[]]> {
  if (missing.size === 0) return;
  const customers = [...new Set([...missing.values()].map(({ customerId }) => customerId))];
  const sql = evidenceSql(spec, lake.dialect.milestones, customers.length > MOST_NAMED ? undefined : customers);
  let current = '';
  let evidence: StepEvidence[] = [];
  for await (const { rows, columns } of lake.stream(sql, read)) {
    const text = (name: string, row: number) => String(columns[name]![row]);
    for (let row = 0; row < rows; row++) {
      const id = milestoneId(spec.name, text('customer_id', row), Number(columns['reached_at']![row]));
      if (id !== current) {
        if (missing.has(current)) yield [current, evidence];
        [current, evidence] = [id, []];
      }
      evidence.push({
        step: Number(columns['step']![row]),
        id: text('event', row),
        type: text('type', row),
        channel: text('channel', row),
        at: Number(columns['at_ms']![row]),
        attributes: attributesOf(columns['attributes']![row]),
      });
    }
  }
  if (missing.has(current)) yield [current, evidence];
}

function attributesOf(json: unknown): StepEvidence['attributes'] {
  if (json === null || json === undefined) return {};
  const entries = Object.entries(JSON.parse(String(json)) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, value]) => [name, attributeValue(String(value))]));
}
