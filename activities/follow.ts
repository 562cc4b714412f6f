import { Context } from '@temporalio/activity';
import { NOTHING_FOLLOWED, addTotals } from '../core/milestones/follow-progress';
import type { ChangeFeed, FeedPosition } from '../ports/change-feed';
import type { TriggerStore } from '../ports/trigger-store';
import { followGraphInput, type FollowGraphInput } from '../schemas/follow';
import { cancellation } from './context';
import type { Looks } from '../core/milestones/look';
import type { DeclaredMilestones } from '../core/milestones/milestone';
import type { WebhookSettings } from '../schemas/webhook';
import type { IdentitySettings } from '../schemas/identity';
import { gatherProfiles, gatherRemoved } from '../core/identity/resolution/answers';
import type { Followed } from './followed';
import { ProfileIdentifier, type ProfileIdentifierPorts } from './identify-profiles';
import { MilestoneNotifier, type MilestoneNews } from './notify';
import { MilestoneReaction, type ReactionLimits } from './react-milestones';
import { Telling } from './telling';

export interface FollowInput {
  /** Where to read on. */
  readonly after: FeedPosition;
  /** For how long, about. */
  readonly seconds: number;
}

export type { Followed };

/** Changes read before anything is looked at, so that of a customer with many changes each milestone is looked at once. */
const MOST_GATHERED = 100_000;
const PAGE = 5_000;
/** How long to wait for news before looking at what is due, in milliseconds. */
const WAIT_MS = 500;
const MOST_DUE = 1_000;
/** How much longer than it should an activity follows while others are being told, rather than wait for that idly. */
const MOST_LONGER_MS = 5 * 60 * 1_000;
/** Under which the feed keeps what is still to be read. */
const FOLLOWER = 'milestones';

export function createFollowActivities({
  feed,
  graph,
  lake,
  profiles,
  identity,
  triggers,
  milestones,
  webhooks,
  limits,
}: ProfileIdentifierPorts & {
  feed: ChangeFeed;
  identity: Pick<IdentitySettings, 'probabilistic'>;
  triggers: TriggerStore;
  milestones: DeclaredMilestones;
  webhooks: Readonly<Record<string, WebhookSettings>>;
  limits?: ReactionLimits;
}) {
  const identifier = new ProfileIdentifier({ graph, lake, profiles }, identity);
  const reaction = new MilestoneReaction(graph, triggers, limits);
  const notifier = new MilestoneNotifier(triggers, milestones, webhooks);
  return {
    /**
     * Checks what a person typed, and finds where to begin.
     *
     * @throws ZodError naming the field
     */
    async planFollow({ input }: { input: FollowGraphInput }): Promise<{ readonly from: FeedPosition }> {
      const { from } = followGraphInput.parse(input ?? {}, { reportInput: true });
      if (from === 'now') return { from: await feed.head() };
      return { from: from === 'beginning' ? { commitNum: 0, opNum: 0 } : from };
    },

    /**
     * Reacts to the changes of the graph for a while. Each heartbeat has the position up to which everything is done and told: one
     * that was cut off goes on from there. Doing something again changes nothing.
     */
    async followChanges(input: FollowInput): Promise<Followed> {
      const { heartbeatDetails } = Context.current().info;
      const resumed = heartbeatDetails as Followed | undefined;
      let done: Followed = resumed ?? { ...NOTHING_FOLLOWED, position: input.after, behind: 0 };
      const until = Date.now() + input.seconds * 1_000;
      await feed.retain(FOLLOWER, input.after);
      const signal = cancellation();
      const telling = new Telling(notifier, done, signal);
      const timer = setInterval(() => Context.current().heartbeat(telling.told), 1_000);
      const goesOn = () => Date.now() < (telling.isBusy ? until + MOST_LONGER_MS : until);
      try {
        do {
          signal.throwIfAborted();
          const wait = Math.min(WAIT_MS, input.seconds * 1_000);
          const round = await followOn({ feed, identifier, reaction, notifier }, done, wait, signal);
          done = round.done;
          await telling.add(round.news, done, round.now);
          Context.current().heartbeat(telling.told);
        } while (goesOn());
        await telling.finish();
        return telling.told;
      } finally {
        await telling.stop();
        clearInterval(timer);
      }
    },
  };
}

interface Followers {
  readonly feed: ChangeFeed;
  readonly identifier: ProfileIdentifier;
  readonly reaction: MilestoneReaction;
  readonly notifier: MilestoneNotifier;
}

interface FollowedOn {
  readonly done: Followed;
  /** What is still to be told of. */
  readonly news: MilestoneNews;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Reads what there is, up to a bound, and reacts to it and to what is due. */
async function followOn(
  { feed, identifier, reaction, notifier }: Followers,
  done: Followed,
  wait: number,
  signal: AbortSignal,
): Promise<FollowedOn> {
  const looks: Looks = new Map();
  const news: MilestoneNews = new Map();
  const profiles = new Set<string>();
  const removed = new Set<string>();
  let { position, behind } = done;
  let changes = 0;
  let since: number | undefined;
  do {
    const page = await feed.read({ after: position, limit: PAGE, waitMs: changes === 0 ? wait : 0, signal });
    await reaction.refresh(signal);
    await reaction.gather(page.changes, looks, signal);
    notifier.gather(news, page.changes);
    gatherProfiles(profiles, page.changes);
    gatherRemoved(removed, page.changes);
    ({ last: position, behind } = page);
    changes += page.changes.length;
    since ??= page.since;
  } while (behind > 0 && changes < MOST_GATHERED && !signal.aborted);
  const now = Date.now();
  await reaction.gatherDue(now, MOST_DUE, looks, signal);
  for (const profile of await identifier.leftBehind(removed, signal)) profiles.add(profile);
  const identified = await identifier.identify(profiles, now, signal);
  const reacted = await reaction.react(looks, now, since, signal);
  const totals = addTotals(done, { changes, identified, ...reacted, notified: 0 });
  return { done: { ...totals, position, behind }, news, now };
}
