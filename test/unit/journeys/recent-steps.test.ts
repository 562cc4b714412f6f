import fc from 'fast-check';
import { pageBeside, withRecentSteps } from '../../../core/journeys/recent-steps';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const step = (name: string, minute: number) => ({ step: name, channel: 'web', at: at(minute) });

it('recent steps come before those that were known, in the order of time', () => {
  const known = { total: 3, steps: [step('c', 30), step('b', 20)], next: 2 };
  const whole = withRecentSteps(known, [step('new', 40), step('late', 25)], { cursor: 0, limit: 2 });
  expect(whole).toEqual({ total: 5, steps: [step('new', 40), step('c', 30)], next: 2 });
});

it('a timeline is read page by page as if all of it had been known', () => {
  const minutes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 }).map((all) => all.sort((a, b) => b - a));
  fc.assert(
    fc.property(minutes, minutes, fc.integer({ min: 1, max: 8 }), (knownAt, recentAt, limit) => {
      const known = knownAt.map((minute, place) => step(`known ${place}`, minute));
      const recent = recentAt.map((minute, place) => step(`recent ${place}`, minute));
      // Sorting keeps the order of equals: of the same moment, recent steps are later.
      const whole = [...recent, ...known].sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1));
      const read = [];
      for (let cursor: number | undefined = 0; cursor !== undefined;) {
        const asked = pageBeside({ cursor, limit }, recent.length);
        const page = { total: known.length, steps: known.slice(asked.cursor, asked.cursor + asked.limit) };
        const answer: ReturnType<typeof withRecentSteps> = withRecentSteps(page, recent, { cursor, limit });
        expect(answer.total).toBe(whole.length);
        read.push(...answer.steps);
        cursor = answer.next;
      }
      expect(read).toEqual(whole);
    }),
  );
});
