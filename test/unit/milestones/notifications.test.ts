import fc from 'fast-check';
import type { GraphChange } from '../../../core/graph/elements';
import { milestoneId, milestoneKeyOf } from '../../../core/milestones/milestone-id';
import {
  gatherNews,
  notificationId,
  notificationsOf,
  type MilestoneState,
  type Notification,
  type Told,
} from '../../../core/milestones/notifications';
import { propertyRuns } from '../../support/property-runs';

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const crm = { webhook: 'crm', maximumAge: DAY };
const churned = milestoneId('churned', 'a/b', NOW - 1_000);

const written = (id: string): GraphChange => ({ kind: 'vertex', id, label: 'Milestone', properties: {} });
const removed = (id: string): GraphChange => ({ kind: 'remove-vertex', id });

describe('the news of milestones', () => {
  it('are the state that each milestone came to last, and of nothing else', () => {
    const news = new Map<string, MilestoneState>();
    const other = milestoneId('saved', 'c', NOW);
    gatherNews(news, [
      written(churned),
      removed(churned),
      removed(other),
      written(other),
      written('c'),
      removed('e1'),
      { kind: 'edge', id: churned, label: 'REACHED', from: 'c', to: churned, properties: {} },
    ]);
    expect([...news]).toEqual([
      [churned, 'retracted'],
      [other, 'reached'],
    ]);
  });
});

describe('who is told of a milestone', () => {
  const told = (state: MilestoneState, before: Record<string, Told> = {}) =>
    notificationsOf(new Map([[churned, state]]), new Map([[churned, before]]), () => [crm], NOW);

  it('is who listens to it, and every one of them', () => {
    const listeners = (milestone: string) => (milestone === 'churned' ? [crm, { ...crm, webhook: 'mail' }] : []);
    const news = new Map<string, MilestoneState>([
      [churned, 'reached'],
      [milestoneId('saved', 'a/b', NOW), 'reached'],
    ]);
    expect(notificationsOf(news, new Map(), listeners, NOW)).toEqual([
      { webhook: 'crm', milestoneId: churned, state: 'reached', times: 1 },
      { webhook: 'mail', milestoneId: churned, state: 'reached', times: 1 },
    ]);
  });

  it('is not told twice that it is reached', () => {
    expect(told('reached', { crm: { state: 'reached', times: 1 } })).toEqual([]);
  });

  it('is told that it was taken back only after having been told of it', () => {
    expect(told('retracted')).toEqual([]);
    expect(told('retracted', { crm: { state: 'reached', times: 1 } })).toMatchObject([
      { state: 'retracted', times: 2 },
    ]);
    expect(told('retracted', { crm: { state: 'retracted', times: 2 } })).toEqual([]);
  });

  it('is told again when it is reached after all', () => {
    expect(told('reached', { crm: { state: 'retracted', times: 2 } })).toMatchObject([{ state: 'reached', times: 3 }]);
  });

  it('is not told of what is long ago, as when everything is computed for the first time', () => {
    const at = (age: number) =>
      notificationsOf(new Map([[milestoneId('churned', 'c', NOW - age), 'reached']]), new Map(), () => [crm], NOW);
    expect(at(DAY)).toHaveLength(1);
    expect(at(DAY + 1)).toEqual([]);
  });

  it('is told of a webhook that is called as something every object has', () => {
    const listeners = () => [{ ...crm, webhook: 'constructor' }];
    expect(notificationsOf(new Map([[churned, 'reached']]), new Map([[churned, {}]]), listeners, NOW)).toHaveLength(1);
  });

  it('hears of reached and taken back in turn, and in the end what is so, however often changes are read', () => {
    const change = fc.record({ id: fc.constantFrom(0, 1, 2), isReached: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.array(change)), fc.nat(), (pages, again) => {
        const changes = pages.map((page) =>
          page.map(({ id, isReached }) => (isReached ? written : removed)(milestoneId('m', `c${id}`, NOW))),
        );
        // A follower that is cut off reads from an earlier page again.
        const from = again % (changes.length + 1);
        const hearing = hears([...changes, ...changes.slice(from)]);
        for (const [id, states] of hearing) {
          expect(states).toEqual(states.map((_, index) => (index % 2 === 0 ? 'reached' : 'retracted')));
          const last = changes
            .flat()
            .filter((each) => each.id === id)
            .at(-1)!;
          expect(states.at(-1)).toBe(last.kind === 'vertex' ? 'reached' : 'retracted');
        }
        const silent = changes.flat().filter(({ id }) => !hearing.has(id));
        expect(notificationsOf(newsOf(silent), new Map(), () => [crm], NOW)).toEqual([]);
      }),
      propertyRuns(200),
    );
  });
});

describe('the id of a notification', () => {
  it('is another for every time, webhook and milestone', () => {
    const base: Notification = { webhook: 'crm', milestoneId: churned, state: 'reached', times: 1 };
    const others = [base, { ...base, times: 2 }, { ...base, webhook: 'mail' }, { ...base, milestoneId: 'milestone:x' }];
    expect(new Set(others.map(notificationId)).size).toBe(others.length);
  });

  it('has a milestone in it that can be read back, whatever its customer is called', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (customerId, reachedAt) => {
        const key = { milestone: 'churned', customerId, reachedAt };
        expect(milestoneKeyOf(milestoneId('churned', customerId, reachedAt))).toEqual(key);
      }),
      propertyRuns(200),
    );
  });
});

function newsOf(changes: readonly GraphChange[]): Map<string, MilestoneState> {
  const news = new Map<string, MilestoneState>();
  gatherNews(news, changes);
  return news;
}

/** What the one webhook is told, milestone by milestone, by somebody who keeps what is told. */
function hears(pages: readonly (readonly GraphChange[])[]): Map<string, MilestoneState[]> {
  const told = new Map<string, Record<string, Told>>();
  const heard = new Map<string, MilestoneState[]>();
  for (const page of pages) {
    for (const { webhook, milestoneId: id, state, times } of notificationsOf(newsOf(page), told, () => [crm], NOW)) {
      told.set(id, { [webhook]: { state, times } });
      heard.set(id, [...(heard.get(id) ?? []), state]);
    }
  }
  return heard;
}
