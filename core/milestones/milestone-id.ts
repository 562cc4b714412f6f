import { MILESTONE_PREFIX } from './pattern';

/** What a milestone in the graph is made from: writing it again is writing it once. */
export interface MilestoneKey {
  readonly milestone: string;
  readonly customerId: string;
  /** Epoch milliseconds. */
  readonly reachedAt: number;
}

/** The id of a milestone's vertex. */
export function milestoneId(milestone: string, customerId: string, reachedAt: number): string {
  return `${MILESTONE_PREFIX}${milestone}/${customerId}/${reachedAt}`;
}

/** Reads the id of a milestone's vertex back. */
export function milestoneKeyOf(id: string): MilestoneKey {
  const [first, last] = [id.indexOf('/'), id.lastIndexOf('/')];
  return {
    milestone: id.slice(MILESTONE_PREFIX.length, first),
    customerId: id.slice(first + 1, last),
    reachedAt: Number(id.slice(last + 1)),
  };
}

/** Whether a vertex is a milestone, by its id alone. */
export function isMilestoneId(id: string): boolean {
  return id.startsWith(MILESTONE_PREFIX);
}

/** Orders ids of milestones: the newest first; of one time by their names. */
export function newestFirst(a: string, b: string): number {
  const [left, right] = [milestoneKeyOf(a), milestoneKeyOf(b)];
  return right.reachedAt - left.reachedAt || (left.milestone < right.milestone ? -1 : 1);
}
