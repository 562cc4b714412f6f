import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { waitingStages } from '../core/progress/stages';
import type { LoadMilestonesResult } from '../activities/load-milestones';
import type { RecomputeResult } from '../activities/milestones';
import type { Asked } from '../activities/questions';
import type {
  CustomerMilestones,
  CustomerMilestonesQuestion,
  MilestoneDetails,
  MilestoneFunnel,
  MilestoneFunnelInput,
  MilestoneList,
  MilestoneQuestion,
} from '../schemas/milestone-report';
import type { MilestoneRunInput } from '../schemas/milestone-run';
import { analytics, io, questions } from './activities';
import { searchAttributes } from './search-attributes';
import { trackStages } from './track-stages';

export interface RecomputeMilestonesResult extends RecomputeResult {
  /** What changed in the graph; absent for a dry run. */
  readonly graph?: Omit<LoadMilestonesResult, 'fromGraph'>;
}

/**
 * Computes who reached which milestone, for everybody: in SQL over the lake, then in the graph, with the stored queries
 * that follow the graph from then on; and from the graph those that are declared so. As a dry run it writes nothing, and tells what it would come to.
 */
export async function recomputeMilestones(input: MilestoneRunInput = {}): Promise<RecomputeMilestonesResult> {
  const { startTime, parent } = workflowInfo();
  const isDry = input?.dryRun === true;
  const stages = trackStages(
    waitingStages({
      compute: 'milestones',
      ...(isDry ? {} : { load: 'elements', milestones: 'milestones' }),
    } as Readonly<Record<'compute' | 'load' | 'milestones', string>>),
  );
  if (parent === undefined) upsertSearchAttributes(searchAttributes('milestones'));
  const { plan, computed } = await stages.run(
    'compute',
    async () => {
      const plan = await analytics.planMilestones({ input, startedAt: startTime.getTime() });
      return { plan, computed: await analytics.recomputeMilestones(plan) };
    },
    { done: (result) => result.computed.computed.length, detail: (result) => describeRecomputation(result.computed) },
  );
  if (isDry) return computed;
  // What was reached is tied to vertices of customers and events.
  await stages.run('load', () => io.loadGraph(), { done: ({ changes }) => changes, detail: ({ path }) => path });
  const withheld = computed.refused.filter(({ isTooMuch }) => isTooMuch).map(({ milestone }) => milestone);
  const run = { plan, without: computed.refused.map(({ milestone }) => milestone) };
  const graph = await stages.run(
    'milestones',
    () => io.loadMilestones({ storedAt: startTime.getTime(), withheld, run }),
    {
      done: ({ added }) => added,
      detail: ({ removed, triggers, fromGraph }) =>
        [`${removed} removed; ${triggers} stored queries`, ...(fromGraph ? [describeComputed(fromGraph)] : [])].join(
          '; ',
        ),
    },
  );
  const { fromGraph, ...loaded } = graph;
  return {
    ...computed,
    computed: [...computed.computed, ...(fromGraph?.computed ?? [])],
    unchanged: [...computed.unchanged, ...(fromGraph?.unchanged ?? [])],
    refused: [...computed.refused, ...(fromGraph?.refused ?? [])],
    graph: loaded,
  };
}

/** In one line: how often milestones were reached, and which were not computed. */
export function describeRecomputation(result: RecomputeResult): string {
  return describeComputed(result, result.retired);
}

function describeComputed(
  { computed, unchanged, refused }: Pick<RecomputeResult, 'computed' | 'unchanged' | 'refused'>,
  retired: readonly string[] = [],
): string {
  const reached = computed.reduce((sum, milestone) => sum + milestone.reached, 0);
  const list = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${title}: ${names.join(', ')}`];
  return [
    `reached ${reached} times`,
    ...(unchanged.length === 0 ? [] : [`${unchanged.length} unchanged`]),
    ...list('retired', retired),
    ...refused.map(({ milestone, reason }) => `not computed: ${milestone} (${reason})`),
  ].join('; ');
}

/** All milestones with how often they were reached. */
export async function milestoneList(asked: Asked<unknown>): Promise<MilestoneList> {
  return questions.listMilestones(asked);
}

/** A milestone: its spec, what it is compiled to, and how often it was reached. */
export async function milestoneDetails(asked: Asked<MilestoneQuestion>): Promise<MilestoneDetails> {
  return questions.describeMilestone(asked);
}

/** What a customer reached, and by which events. */
export async function customerMilestones(asked: Asked<CustomerMilestonesQuestion>): Promise<CustomerMilestones> {
  return questions.customerMilestones(asked);
}

/** How many customers get from milestone to milestone. */
export async function milestoneFunnel(asked: Asked<MilestoneFunnelInput>): Promise<MilestoneFunnel> {
  return questions.milestoneFunnel(asked);
}
