import { unknownEvents } from '../core/milestones/check-milestones';
import type { Milestone } from '../core/milestones/milestone';
import { milestonesWithin } from '../core/milestones/pattern';
import { problemText } from '../schemas/issues';
import type { MilestoneSizes } from './milestone-sizes';

export interface RefusedMilestone {
  readonly milestone: string;
  readonly reason: string;
  /** Whether its stored query must not follow the graph either. One that awaits its first event does. */
  readonly isTooMuch: boolean;
}

/**
 * Those whose step types there are, whose parts can be computed, and that the graph has room for.
 *
 * @param milestones each after those that it is made of
 * @param known the step types that there are
 * @param without names of others that cannot be computed
 */
export async function computableAmong(
  milestones: readonly Milestone[],
  known: ReadonlySet<string>,
  sizes: MilestoneSizes,
  without: readonly string[] = [],
): Promise<{ readonly good: Milestone[]; readonly refused: RefusedMilestone[] }> {
  const good: Milestone[] = [];
  const refused: RefusedMilestone[] = [];
  const isRefused = (name: string) => without.includes(name) || refused.some(({ milestone }) => milestone === name);
  for (const milestone of milestones) {
    const { name } = milestone.spec;
    const problems = unknownEvents(milestone.spec, known).map(problemText);
    const broken = milestonesWithin(milestone.spec).find(isRefused);
    if (broken !== undefined) problems.push(`is made of milestone "${broken}", which cannot be computed`);
    const excess = problems.length === 0 ? await sizes.excessOf(milestone, good) : undefined;
    const isTooMuch = excess !== undefined;
    if (isTooMuch) problems.push(excess);
    if (problems.length === 0) good.push(milestone);
    else refused.push({ milestone: name, reason: problems.join('; '), isTooMuch });
  }
  return { good, refused };
}
