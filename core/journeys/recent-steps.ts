import type { JourneyReport } from '../../schemas/report';
import { amongBatches } from '../lake/queries';
import { customerOfProfileSql } from './customer-sql';
import type { LakeDialect } from '../sql/lake-dialect';

type Timeline = JourneyReport['timeline'];
export type TimelineStep = Timeline['steps'][number];

/** Of a page of a timeline, the first being 0. */
export interface TimelinePage {
  readonly cursor: number;
  readonly limit: number;
}

/** More are of nobody's day; the rest is there when the journeys are made again. */
const MOST_RECENT = 500;

/**
 * Steps of one customer in batches that the journeys do not have yet, the newest first: `step`, `channel` and `at_ms`.
 *
 * @param by how the customer is named: as `$customer`, or as the one whom `$source` knows as `$id`
 * @param batches of landed rows
 */
export function recentStepsSql(
  by: 'customer' | 'profile',
  batches: readonly string[],
  { milestones }: LakeDialect,
): string {
  return `SELECT type AS step, coalesce(channel, '') AS channel, CAST(${milestones.epochMs('occurred_at')} AS DOUBLE) AS at_ms
FROM events JOIN identities ON identities.profile_id = events.profile_id
WHERE ${by === 'customer' ? 'customer_id = $customer' : `customer_id IN (${customerOfProfileSql})`} AND ${amongBatches(batches)}
ORDER BY at_ms DESC, event_id DESC LIMIT ${MOST_RECENT}`;
}

/** Which page of a timeline has all that a page may have when so many steps are put among it. */
export function pageBeside({ cursor, limit }: TimelinePage, recent: number): TimelinePage {
  return { cursor: Math.max(0, cursor - recent), limit: limit + Math.min(recent, cursor) };
}

/**
 * A page of a timeline with recent steps in their places; of the same moment, they come later.
 *
 * @param known the page `pageBeside`
 * @param recent the newest first
 */
export function withRecentSteps(
  known: Timeline,
  recent: readonly TimelineStep[],
  { cursor, limit }: TimelinePage,
): Timeline {
  const before = pageBeside({ cursor, limit }, recent.length).cursor;
  const isNewer = (one: TimelineStep, other: TimelineStep) => one.at > other.at;
  const places = [
    ...known.steps.map((step, place) => ({
      step,
      place: before + place + recent.filter((other) => !isNewer(step, other)).length,
    })),
    ...recent.map((step, place) => ({
      step,
      // Of steps before the page nothing is known: whatever is newer than all of the page is not on it.
      place: place + before + known.steps.filter((other) => isNewer(other, step)).length,
    })),
  ];
  const total = known.total + recent.length;
  const steps = places
    .filter(({ place }) => place >= cursor && place < cursor + limit)
    .sort((a, b) => a.place - b.place)
    .map(({ step }) => step);
  return { total, steps, ...(cursor + limit < total ? { next: cursor + limit } : {}) };
}
