import type { Milestone } from './milestone';
import { milestonesWithin } from './pattern';

/**
 * Which milestones a computation is about: those that are asked for, and what they are made of.
 *
 * @param milestones each after those that it is made of
 * @param asked names; of all when left out
 */
export function wantedAmong(milestones: readonly Milestone[], asked: readonly string[] | undefined): Milestone[] {
  const wanted = new Set(asked ?? milestones.map(({ spec }) => spec.name));
  for (const { spec } of [...milestones].reverse()) {
    if (!wanted.has(spec.name)) continue;
    for (const part of milestonesWithin(spec)) wanted.add(part);
  }
  return milestones.filter(({ spec }) => wanted.has(spec.name));
}
