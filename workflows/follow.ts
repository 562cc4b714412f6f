import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { NOTHING_FOLLOWED, addTotals, type FollowTotals } from '../core/milestones/follow-progress';
import type { Followed } from '../activities/follow';
import type { FeedPosition } from '../ports/change-feed';
import type { FollowGraphInput } from '../schemas/follow';
import { followers, quick } from './activities';
import { searchAttributes } from './search-attributes';

/** How far the changes of the graph are followed. */
export interface FollowProgress extends FollowTotals {
  readonly position: FeedPosition;
  readonly behind: number;
  readonly paused: boolean;
}

export const followProgressQuery = defineQuery<FollowProgress>('progress');
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');

/** How long an activity follows before it comes back, in seconds. */
const SECONDS = 15;

/**
 * Follows the changes of the graph: whoever has done something new has the milestones looked at that it may matter to,
 * and so has who is awaited to do something and has not. It runs for ever, one for a hub, and can be paused by signal.
 */
export async function followGraphChanges(input: FollowGraphInput = {}): Promise<void> {
  const { from } = await quick.planFollow({ input });
  const state = {
    position: from,
    behind: 0,
    totals: input?.totals ?? NOTHING_FOLLOWED,
    paused: input?.paused ?? false,
  };
  const progress = (): FollowProgress => ({
    ...state.totals,
    position: state.position,
    behind: state.behind,
    paused: state.paused,
  });
  const tell = () => setCurrentDetails(detailsOf(progress()));
  setHandler(followProgressQuery, progress);
  setHandler(pauseSignal, () => {
    state.paused = true;
    tell();
  });
  setHandler(resumeSignal, () => {
    state.paused = false;
    tell();
  });
  upsertSearchAttributes(searchAttributes('milestones'));
  tell();
  while (!workflowInfo().continueAsNewSuggested) {
    await condition(() => !state.paused);
    const followed: Followed = await followers.followChanges({ after: state.position, seconds: SECONDS });
    state.position = followed.position;
    state.behind = followed.behind;
    state.totals = addTotals(state.totals, followed);
    tell();
  }
  await continueAsNew<typeof followGraphChanges>({ from: state.position, totals: state.totals, paused: state.paused });
}

function detailsOf({
  position,
  behind,
  paused,
  changes,
  looks,
  reached,
  retracted,
  failed,
  lastError,
}: FollowProgress): string {
  const rows: readonly (readonly [string, string | number])[] = [
    ['state', paused ? 'paused' : 'following'],
    ['position', `commit ${position.commitNum}`],
    ['changes still to read', behind],
    ['changes', changes],
    ['looks at milestones', looks],
    ['reached', reached],
    ['taken back', retracted],
    ['refused by the graph', failed],
    ...(lastError === undefined ? [] : [['last refusal', lastError] as const]),
  ];
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}
