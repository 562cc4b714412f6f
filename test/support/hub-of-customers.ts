import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createFollowActivities, type Followed } from '../../activities/follow';
import { createJourneysActivities } from '../../activities/journeys';
import { createLoadActivities } from '../../activities/load';
import {
  createLoadMilestonesActivities,
  type LoadMilestonesInput,
  type LoadMilestonesResult,
} from '../../activities/load-milestones';
import { createMilestoneActivities, type RecomputeResult } from '../../activities/milestones';
import { openLocalGraph, type FollowedGraph } from '../../adapters/local/graph/local-graph';
import { openTriggerStore } from '../../adapters/local/milestones/local-trigger-store';
import type { GraphElement } from '../../core/graph/elements';
import { noRowsOf, type LakeTable } from '../../core/lake/tables';
import type { Milestone } from '../../core/milestones/milestone';
import { literal } from '../../core/sql/quote';
import type { Graph } from '../../ports/graph';
import type { TriggerStore } from '../../ports/trigger-store';
import type { MilestoneSpec } from '../../schemas/milestone';
import type { MilestoneRunPlan } from '../../schemas/milestone-run';
import type { ArbitraryCustomer } from '../unit/milestones/arbitrary';
import type { TestGremlin } from './engines';
import { openTestRoom, type TestRoom } from './local-room';
import { withoutIdentities } from './without-identities';

/** What milestones are, wherever they are kept. */
export interface KeptMilestones {
  readonly rows: readonly object[];
  readonly elements: readonly GraphElement[];
}

/** A lake, a graph and stored queries of their own, of customers who are drawn at random. */
export class HubOfCustomers {
  private position = { commitNum: 0, opNum: 0 };
  private runs = 0;

  private constructor(
    readonly room: TestRoom,
    readonly graph: FollowedGraph,
    readonly triggers: TriggerStore,
  ) {}

  static async open(gremlin: TestGremlin): Promise<HubOfCustomers> {
    await gremlin.empty();
    const room = await openTestRoom();
    const graph = await openLocalGraph({ url: gremlin.url, dir: join(room.folder, 'graph'), sharedFileSystem: true });
    return new HubOfCustomers(room, graph, await openTriggerStore(join(room.folder, 'triggers.mdb')));
  }

  async close(): Promise<void> {
    await this.graph.close();
    await this.triggers.close();
    await this.room.close();
  }

  /** Lands what customers did: ids of customers are `c0`, `c1`, …; of their profiles `c0p0`, `c0p1`, …; of events `s/c0e0`. */
  async land(batch: string, customers: readonly ArbitraryCustomer[]): Promise<void> {
    const profiles = customers.flatMap(({ segments }, customer) =>
      segments.map((segment, profile) => {
        const attributes = JSON.stringify(segment === undefined ? {} : { segment });
        return { profile_id: `c${customer}p${profile}`, customer_id: `c${customer}`, attributes };
      }),
    );
    const events = customers.flatMap(({ events: own }, customer) =>
      own.map(({ id, type, channel, at, attributes, profile }) => ({
        event_id: `c${customer}${id}`,
        type,
        channel,
        profile_id: `c${customer}p${profile}`,
        attributes: JSON.stringify(attributes),
        at_ms: at,
      })),
    );
    const write = (table: LakeTable, select: string) =>
      ({
        table,
        mode: 'append',
        select: `${noRowsOf(table, this.room.lake.dialect)} UNION ALL BY NAME ${select}`,
      }) as const;
    const people = constants(profiles);
    await this.room.lake.commit({
      key: batch,
      writes: [
        write('files', `SELECT ${literal(batch)} AS batch, 's' AS source, 'f' AS path`),
        write(
          'profiles',
          `SELECT ${literal(batch)} AS batch, profile_id, 's' AS source, attributes, TIMESTAMP '2026-01-01' AS seen_at, 'f' AS file, 1 AS file_row
FROM (${people}) WHERE profile_id NOT IN (SELECT profile_id FROM profiles)`,
        ),
        write(
          'identity_changes',
          `SELECT ${literal(batch)} AS batch, profile_id, customer_id AS to_customer FROM (${people})
WHERE profile_id NOT IN (SELECT profile_id FROM identities)`,
        ),
        write(
          'customers',
          `SELECT DISTINCT customer_id FROM (${people}) WHERE customer_id NOT IN (SELECT customer_id FROM customers)`,
        ),
        write(
          'identities',
          `SELECT profile_id, customer_id FROM (${people}) WHERE profile_id NOT IN (SELECT profile_id FROM identities)`,
        ),
        ...(events.length === 0
          ? []
          : [
              write(
                'events',
                `SELECT * EXCLUDE (at_ms), ${literal(batch)} AS batch, 's' AS source, make_timestamp(at_ms * 1000) AS occurred_at, 'f' AS file, 1 AS file_row
FROM (${constants(events)})`,
              ),
            ]),
      ],
    });
    await run(createJourneysActivities({ lake: this.room.lake }).encodeJourneys);
  }

  async loadGraph(): Promise<void> {
    await run(createLoadActivities({ lake: this.room.lake, graph: this.graph }).loadGraph);
  }

  /** Does what `recomputeMilestones` does. */
  async recompute(
    milestones: readonly Milestone[],
    plan: Partial<MilestoneRunPlan> = {},
    { graph = [this.graph], mostElements = 100_000 }: RecomputeOptions = {},
  ): Promise<Recomputed> {
    const settings = { milestones: { mostElements } };
    const declared = { milestones, broken: [], problems: [] };
    const full: MilestoneRunPlan = { mode: 'changed', dryRun: false, asOf: Date.UTC(2030, 0, 1), ...plan };
    const { lake } = this.room;
    const ports = { lake, milestones: declared, settings, triggers: this.triggers };
    const { recomputeMilestones } = createMilestoneActivities({ ...ports, graph: this.graph });
    const computed = await run<RecomputeResult>(recomputeMilestones, full);
    if (full.dryRun) return { computed, loaded: undefined };
    await this.loadGraph();
    const withheld = computed.refused.filter(({ isTooMuch }) => isTooMuch).map(({ milestone }) => milestone);
    const without = computed.refused.map(({ milestone }) => milestone);
    const input: LoadMilestonesInput = { storedAt: ++this.runs, withheld, run: { plan: full, without } };
    let loaded: LoadMilestonesResult | undefined;
    const errors: unknown[] = [];
    for (const attempt of graph) {
      const { loadMilestones } = createLoadMilestonesActivities({ ...ports, graph: attempt });
      loaded = await run<LoadMilestonesResult>(loadMilestones, input).catch((error: unknown) => {
        errors.push(error);
        return undefined;
      });
    }
    if (loaded === undefined) throw errors.at(-1);
    return { computed, loaded };
  }

  /** Follows the graph until nothing changes any more. */
  async follow(): Promise<void> {
    const milestones = { milestones: [], broken: [], problems: [] };
    const ports = { ...withoutIdentities, feed: this.graph.feed, graph: this.graph, triggers: this.triggers };
    const { followChanges } = createFollowActivities({ ...ports, milestones, webhooks: {} });
    for (let more = true; more;) {
      const done = (await run(followChanges, { after: this.position, seconds: 0 })) as Followed;
      more = done.changes + done.looks > 0;
      this.position = done.position;
    }
  }

  async kept(): Promise<KeptMilestones> {
    const elements: GraphElement[] = [];
    for await (const element of this.graph.elements()) {
      if (['Milestone', 'REACHED', 'EVIDENCED_BY'].includes(element.label)) elements.push(element);
    }
    const rows = await this.room.lake.rows(
      'SELECT * REPLACE (step_times::VARCHAR AS step_times) FROM milestones ORDER BY milestone, customer_id, reached_at',
    );
    return { rows, elements };
  }

  /** Ids of the milestones that the graph has, in their order. */
  async ids(): Promise<string[]> {
    const { elements } = await this.kept();
    return elements.flatMap(({ kind, id }) => (kind === 'vertex' ? [id] : []));
  }
}

export interface RecomputeOptions {
  /** The graph as each attempt to load the milestones sees it; the last must not fail. */
  readonly graph?: readonly Graph[];
  readonly mostElements?: number;
}

export interface Recomputed {
  readonly computed: RecomputeResult;
  /** Absent for a dry run. */
  readonly loaded: LoadMilestonesResult | undefined;
}

/** Milestones that are all computed from one of the two. */
export function allFrom(from: MilestoneSpec['from'], ...specs: readonly MilestoneSpec[]): Milestone[] {
  return specs.map((spec) => ({ spec: { ...spec, from }, version: '1' }));
}

function run<T>(activity: (...args: never[]) => Promise<T>, ...args: unknown[]): Promise<T> {
  const quietly = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  return quietly.run(activity as (...args: unknown[]) => Promise<T>, ...args) as Promise<T>;
}

function constants(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const value = (one: string | number) => (typeof one === 'number' ? String(one) : literal(one));
  return rows
    .map(
      (row) =>
        `SELECT ${Object.entries(row)
          .map(([name, one]) => `${value(one)} AS ${name}`)
          .join(', ')}`,
    )
    .join(' UNION ALL ');
}
