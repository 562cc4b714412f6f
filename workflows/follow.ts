import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  executeChild,
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
import { recomputeMilestones } from './milestones';
import { searchAttributes } from './search-attributes';

/** How far the changes of the graph are followed. */
export interface FollowProgress extends FollowTotals {
  /** Where it is in the feed; absent before it begins. */
  readonly position?: FeedPosition;
  readonly behind: number;
  /** Pausing until what is under way has come back. */
  readonly status: 'following' | 'pausing' | 'paused';
}

export const followProgressQuery = defineQuery<FollowProgress>('progress');
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');

/** A place in the feed that is no more: the feed was cut off behind it, or is another graph's. */
const NOT_KEPT: readonly string[] = ['FEED_POSITION_EXPIRED', 'FEED_POSITION_UNKNOWN'];
/** How long an activity follows before it comes back, in seconds. */
const SECONDS = 15;

/**
 * Follows the changes of the graph: profiles that are new are given to a customer; whoever has done something new has the
 * milestones looked at that it may matter to, and so has who is awaited to do something and has not. It runs for ever, one for a hub, and can be paused by signal.
 */
export async function followGraphChanges(input: FollowGraphInput = {}): Promise<void> {
  const state = {
    position: undefined as FeedPosition | undefined,
    behind: 0,
    totals: { ...NOTHING_FOLLOWED, ...input?.totals },
    wantsPause: input?.paused === true,
    isWaiting: false,
  };
  const progress = (): FollowProgress => ({
    ...state.totals,
    ...(state.position === undefined ? {} : { position: state.position }),
    behind: state.behind,
    status: state.isWaiting ? 'paused' : state.wantsPause ? 'pausing' : 'following',
  });
  const tell = () => setCurrentDetails(detailsOf(progress()));
  const want = (pause: boolean) => () => {
    state.wantsPause = pause;
    tell();
  };
  setHandler(followProgressQuery, progress);
  setHandler(pauseSignal, want(true));
  setHandler(resumeSignal, want(false));
  upsertSearchAttributes(searchAttributes('milestones'));
  tell();
  state.position = (await quick.planFollow({ input })).from;
  while (!workflowInfo().continueAsNewSuggested) {
    state.isWaiting = state.wantsPause;
    tell();
    await condition(() => !state.wantsPause);
    state.isWaiting = false;
    const followed = await followFrom(state.position);
    state.position = followed.position;
    state.behind = followed.behind;
    state.totals = addTotals(state.totals, followed);
    tell();
  }
  await continueAsNew<typeof followGraphChanges>({
    from: state.position,
    totals: state.totals,
    paused: state.wantsPause,
  });
}

/** Follows from a place in the feed; where the feed does not go on from there, looks at everybody first. */
async function followFrom(after: FeedPosition): Promise<Followed> {
  try {
    return await followers.followChanges({ after, seconds: SECONDS });
  } catch (error) {
    if (!(error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)) throw error;
    if (!NOT_KEPT.includes(error.cause.type ?? '')) throw error;
  }
  // What changes while everybody is looked at is followed afterwards: looking twice changes nothing.
  const { from } = await quick.planFollow({ input: { from: 'now' } });
  await executeChild(recomputeMilestones, {
    workflowId: `${workflowInfo().workflowId}-resync-${from.commitNum}`,
    args: [{ mode: 'full' }],
  });
  return { ...NOTHING_FOLLOWED, position: from, behind: 0 };
}

function detailsOf({ position, behind, status, ...totals }: FollowProgress): string {
  const { changes, identified, looks, reached, retracted, notified, failed, lastError } = totals;
  const rows: readonly (readonly [string, string | number])[] = [
    ['status', status],
    ['position', position === undefined ? '' : `commit ${position.commitNum}`],
    ['changes still to read', behind],
    ['changes', changes],
    ['profiles given to a customer', identified],
    ['looks at milestones', looks],
    ['reached', reached],
    ['taken back', retracted],
    ['deliveries to webhooks', notified],
    ['refused by the graph', failed],
    ...(lastError === undefined ? [] : [['last refusal', lastError] as const]),
  ];
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}
