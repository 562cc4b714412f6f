import type { CustomerMilestones } from '../../schemas/milestone-report';
import type { JourneyReport } from '../../schemas/report';
import type { LaneEvent } from '../charts/journey-lanes';

/**
 * A page of a customer's steps together with the milestones of its time, the newest first.
 *
 * @param isNewest whether no page has newer steps
 */
export function journeyEvents(
  { steps }: JourneyReport['timeline'],
  { milestones }: CustomerMilestones,
  isNewest: boolean,
): LaneEvent[] {
  const oldest = steps.at(-1)?.at ?? '';
  const newest = isNewest ? '9999' : (steps[0]?.at ?? '');
  return [
    ...steps.map(({ step, channel, at }) => ({ lane: channel || 'none', name: step, at, isMilestone: false })),
    ...milestones
      .filter(({ reachedAt }) => reachedAt >= oldest && reachedAt <= newest)
      .map(({ milestone, reachedAt }) => ({ lane: 'milestones', name: milestone, at: reachedAt, isMilestone: true })),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
}
