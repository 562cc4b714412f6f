import type { MilestoneSpec } from '../../schemas/milestone';
import type { Completion } from './evaluate';

/** A milestone that a customer reached; times are epoch milliseconds. */
export interface ReachedMilestone {
  readonly reachedAt: number;
  readonly completion: Completion;
}

export interface MilestonesOfCustomer {
  /** In the order of time. */
  readonly reached: readonly ReachedMilestone[];
  /** When to look again even if nothing happens: the end of the next absence that is awaited. */
  readonly nextDue: number | undefined;
}

/**
 * The milestones that completions come to: an absence must have passed, and a milestone that was reached is not reached
 * again before it has cooled down.
 *
 * @param completions in the order of time
 * @param asOf the time until which everything that happened is known
 */
export function reachedBy(spec: MilestoneSpec, completions: readonly Completion[], asOf: number): MilestonesOfCustomer {
  const absence = spec.notFollowedBy?.within ?? 0;
  const all = completions.map((completion) => ({ reachedAt: completion.at(-1)!.at + absence, completion }));
  const due = all.find(({ reachedAt }) => absence > 0 && reachedAt > asOf);
  const passed = absence === 0 ? all : all.filter(({ reachedAt }) => reachedAt <= asOf);
  return { reached: cooledDown(spec, passed), nextDue: due?.reachedAt };
}

function cooledDown({ coolDown }: MilestoneSpec, all: readonly ReachedMilestone[]): ReachedMilestone[] {
  if (coolDown === undefined) return [...all];
  const rest = coolDown === 'never' ? Infinity : coolDown;
  const reached: ReachedMilestone[] = [];
  for (const next of all) {
    const before = reached.at(-1);
    if (before === undefined || next.reachedAt - before.reachedAt >= rest) reached.push(next);
  }
  return reached;
}
