import type { MilestoneSpec } from '../../schemas/milestone';
import { MILESTONE_PREFIX } from './pattern';

/** How much happens in all journeys. */
export interface JourneyCounts {
  /** By step type. */
  readonly events: ReadonlyMap<string, number>;
  readonly customers: number;
  /** From the first event to the last, in milliseconds. */
  readonly spanMs: number;
}

/**
 * How often a milestone is reached at most: as often as its last step happens, and by each customer no oftener than its
 * cool-down lets.
 *
 * @param parts the same of the milestones that it is made of
 */
export function mostReached(spec: MilestoneSpec, counts: JourneyCounts, parts: ReadonlyMap<string, number>): number {
  const often = (event: string) =>
    event.startsWith(MILESTONE_PREFIX)
      ? (parts.get(event.slice(MILESTONE_PREFIX.length)) ?? 0)
      : (counts.events.get(event) ?? 0);
  const moments = [...new Set(spec.steps.at(-1)!.events)].reduce((sum, event) => sum + often(event), 0);
  if (spec.coolDown === undefined) return moments;
  const each = spec.coolDown === 'never' ? 1 : 1 + Math.floor(counts.spanMs / spec.coolDown);
  return Math.min(moments, counts.customers * each);
}

/** Vertices and edges of the graph that a milestone is, each time that it is reached: itself, who reached it, by what. */
export function elementsPerMilestone({ steps }: MilestoneSpec): number {
  return steps.reduce((sum, { atLeast }) => sum + (atLeast?.count ?? 1), 2);
}
