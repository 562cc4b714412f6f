import type { FollowTotals } from '../core/milestones/follow-progress';
import type { FeedPosition } from '../ports/change-feed';

/** How far the graph's changes are followed, and what came of it. */
export interface Followed extends FollowTotals {
  /** Everything up to it was reacted to. */
  readonly position: FeedPosition;
  /** Changes that are known to come after it. */
  readonly behind: number;
}
