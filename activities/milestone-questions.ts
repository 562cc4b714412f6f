import { HubError } from '../core/errors';
import { explainedQueries } from '../core/milestones/compiled';
import { recentFires } from '../core/milestones/fires';
import { OF_CUSTOMER, OF_MILESTONE } from '../core/milestones/gremlin/reaction-gremlin';
import { readMilestone } from '../core/milestones/gremlin/read-milestone';
import type { DeclaredMilestones, Milestone } from '../core/milestones/milestone';
import { newestFirst } from '../core/milestones/milestone-id';
import { droppedSql, funnelSql } from '../core/milestones/sql/funnel-sql';
import { eventsOf } from '../core/milestones/pattern';
import type { Graph } from '../ports/graph';
import type { Lake, ReadOptions } from '../ports/lake';
import type { TriggerStore } from '../ports/trigger-store';
import {
  customerMilestonesQuestion,
  milestoneFunnelQuestion,
  milestoneQuestion,
  type CustomerMilestones,
  type CustomerMilestonesQuestion,
  type MilestoneDetails,
  type MilestoneFunnel,
  type MilestoneFunnelInput,
  type MilestoneList,
  type MilestoneQuestion,
} from '../schemas/milestone-report';
import { cancellation } from './context';
import { findMilestone } from './find-milestone';
import type { Asked } from './questions';

export interface MilestoneQuestionDependencies {
  readonly lake: Lake;
  readonly graph: Graph;
  readonly triggers: TriggerStore;
  readonly milestones: DeclaredMilestones;
}

/** What people ask about milestones. Bad input is a ZodError or a HubError that names the field. */
export function createMilestoneQuestionActivities({
  lake,
  graph,
  triggers,
  milestones: declared,
}: MilestoneQuestionDependencies) {
  return {
    async listMilestones({ lakeVersion }: Asked<unknown>): Promise<MilestoneList> {
      const counts = await countsOf(lake, triggers, declared.milestones, readAt(lakeVersion));
      return { milestones: counts, problems: [...declared.problems] };
    },

    async describeMilestone({ question, lakeVersion }: Asked<MilestoneQuestion>): Promise<MilestoneDetails> {
      const { milestone: name } = milestoneQuestion.parse(question, { reportInput: true });
      const milestone = findMilestone(declared, name, 'milestone', 'NOT_FOUND');
      const read = readAt(lakeVersion);
      const [counts] = await countsOf(lake, triggers, [milestone], read);
      const { sql, gremlin } = explainedQueries(milestone.spec, lake.dialect.milestones);
      const versions = await triggers.versions(name, read.signal);
      return {
        ...counts!,
        spec: { ...milestone.spec },
        compiled: { sql, gremlin },
        wokenBy: milestone.spec.trigger?.events ?? eventsOf(milestone.spec),
        triggered: await triggeredOf(triggers, name, read),
        versions: versions.map(({ version, storedAt }) => ({ version, storedAt: new Date(storedAt).toISOString() })),
        trend: await trendOf(lake, name, read),
      };
    },

    /** What a customer reached, page by page, as the graph has it now. */
    async customerMilestones({ question }: Asked<CustomerMilestonesQuestion>): Promise<CustomerMilestones> {
      const { customer, limit, cursor } = customerMilestonesQuestion.parse(question, { reportInput: true });
      const signal = cancellation();
      const [found] = (await graph.query(OF_CUSTOMER, { customer }, signal)) as ReadonlyMap<string, unknown>[];
      if (found === undefined)
        throw new HubError('NOT_FOUND', `customer: there is no customer "${customer}"`, { field: 'customer' });
      const ids = [...(found.get('milestones') as string[])].sort(newestFirst);
      const end = cursor + limit;
      const page = ids.slice(cursor, end);
      const rows = page.length === 0 ? [] : await graph.query(OF_MILESTONE, { milestone: page }, signal);
      const milestones = new Map(rows.map(readMilestone).map(({ id, ...milestone }) => [id, milestone]));
      return {
        customer,
        total: ids.length,
        ...(end < ids.length ? { next: end } : {}),
        // Those that are taken back just now are left out.
        milestones: page.flatMap((id) => milestones.get(id) ?? []),
      };
    },

    /** How many get from milestone to milestone, how fast, and who does not. */
    async milestoneFunnel({ question, lakeVersion }: Asked<MilestoneFunnelInput>): Promise<MilestoneFunnel> {
      const asked = milestoneFunnelQuestion.parse(question, { reportInput: true });
      asked.milestones.forEach((name, index) => findMilestone(declared, name, `milestones.${index}`));
      const read = readAt(lakeVersion);
      const rows = await lake.rows<{ customers: number; median_ms: number | null }>(
        funnelSql(asked, lake.dialect),
        read,
      );
      const customers = rows.map((row) => row.customers);
      const dropOff = asked.milestones.slice(1).map(async (before, step) => ({
        after: asked.milestones[step]!,
        before,
        customers: customers[step]! - customers[step + 1]!,
        list: (await lake.rows<{ customer_id: string }>(droppedSql(asked, step, lake.dialect), read)).map(
          (row) => row.customer_id,
        ),
      }));
      const shareOf = (part: number, whole: number | undefined) =>
        whole === undefined || whole === 0 ? null : part / whole;
      return {
        steps: asked.milestones.map((milestone, step) => ({
          milestone,
          customers: customers[step]!,
          share: shareOf(customers[step]!, customers[0]),
          conversion: step === 0 ? null : shareOf(customers[step]!, customers[step - 1]),
          medianMs: step === 0 ? null : (rows[step]?.median_ms ?? null),
        })),
        dropOff: await Promise.all(dropOff),
      };
    },
  };
}

function readAt(version: number | undefined): ReadOptions {
  return { ...(version === undefined ? {} : { version }), signal: cancellation() };
}

async function countsOf(
  lake: Lake,
  triggers: TriggerStore,
  milestones: readonly Milestone[],
  read: ReadOptions,
): Promise<MilestoneList['milestones']> {
  const rows = await lake.rows<{ milestone: string; reached: number; customers: number }>(
    'SELECT milestone, CAST(count(*) AS DOUBLE) AS reached, CAST(count(DISTINCT customer_id) AS DOUBLE) AS customers FROM milestones GROUP BY milestone',
    read,
  );
  const runs = await lake.rows<{ milestone: string; computed_at: Date }>(
    "SELECT milestone, max(computed_at) AS computed_at FROM milestone_runs WHERE status = 'computed' GROUP BY milestone",
    read,
  );
  const awaited = await triggers.awaited(read.signal);
  return milestones.map(({ spec: { name, title, description, from }, version }) => {
    const row = rows.find(({ milestone }) => milestone === name);
    const run = runs.find(({ milestone }) => milestone === name);
    return {
      milestone: name,
      title,
      description,
      version,
      from,
      reached: row?.reached ?? 0,
      customers: row?.customers ?? 0,
      computedAt: run?.computed_at.toISOString() ?? null,
      awaited: Object.hasOwn(awaited, name) ? awaited[name]! : 0,
    };
  });
}

async function triggeredOf(
  triggers: TriggerStore,
  milestone: string,
  { signal }: ReadOptions,
): Promise<MilestoneDetails['triggered']> {
  const { perSecond, lastHour } = recentFires(await triggers.fires(milestone, signal), Date.now());
  const { looks: fires, ...outcome } = lastHour;
  return { firesPerSecond: perSecond, lastHour: { fires, ...outcome } };
}

async function trendOf(lake: Lake, milestone: string, read: ReadOptions): Promise<MilestoneDetails['trend']> {
  return lake.rows(
    `SELECT CAST(CAST(date_trunc('week', reached_at) AS DATE) AS VARCHAR) AS week, CAST(count(*) AS DOUBLE) AS reached
FROM milestones WHERE milestone = $milestone GROUP BY 1 ORDER BY 1`,
    { ...read, parameters: { milestone } },
  );
}
