import type { GraphChange } from '../graph/elements';
import { isMilestoneId, milestoneKeyOf } from './milestone-id';

export type MilestoneState = 'reached' | 'retracted';

/** What a system was told last of a milestone of a customer, and how often anything. */
export interface Told {
  readonly state: MilestoneState;
  readonly times: number;
}

/** What was told of milestones, by the id of the vertex and then by webhook. */
export type ToldBefore = ReadonlyMap<string, Readonly<Record<string, Told>>>;

/** Tells one system that a customer reached a milestone, or that it was taken back. */
export interface Notification extends Told {
  readonly webhook: string;
  /** The id of the milestone's vertex. */
  readonly milestoneId: string;
}

/** Who is told of a milestone. */
export interface Listener {
  readonly webhook: string;
  /** Milestones reached longer ago, in milliseconds, are not told. */
  readonly maximumAge: number;
}

/**
 * Adds to `news` what changes of the graph say of milestones, whoever made them: by the id of the vertex, the state that
 * it came to last. One that is written anew was reached all the time.
 */
export function gatherNews(news: Map<string, MilestoneState>, changes: readonly GraphChange[]): void {
  for (const { kind, id } of changes) {
    if (kind === 'vertex' && isMilestoneId(id)) news.set(id, 'reached');
    else if (kind === 'remove-vertex' && isMilestoneId(id)) news.set(id, 'retracted');
  }
}

/**
 * Who is to be told what. Nobody is told twice in a row that the same milestone was reached, nor of one taken back that
 * nobody was told of.
 *
 * @param listenersOf who is told of the milestones of a name
 * @param now epoch milliseconds
 */
export function notificationsOf(
  news: ReadonlyMap<string, MilestoneState>,
  told: ToldBefore,
  listenersOf: (milestone: string) => readonly Listener[],
  now: number,
): Notification[] {
  return [...news].flatMap(([id, state]) => {
    const { milestone, reachedAt } = milestoneKeyOf(id);
    const before = told.get(id) ?? {};
    return listenersOf(milestone).flatMap(({ webhook, maximumAge }) => {
      const last = Object.hasOwn(before, webhook) ? before[webhook] : undefined;
      const isNews = last === undefined ? state === 'reached' && now - reachedAt <= maximumAge : last.state !== state;
      return isNews ? [{ webhook, milestoneId: id, state, times: (last?.times ?? 0) + 1 }] : [];
    });
  });
}

/** Names a notification for good: the id of its event, and of the workflow that delivers it. */
export function notificationId({ webhook, milestoneId, times }: Notification): string {
  return `${webhook}/${milestoneId}/${times}`;
}
