import { Random } from '../../../core/sample/random';
import { plantedJourneys } from '../../../core/sample/steps';
import { walkOf } from '../../../core/sample/walks';

const WALKS = 20_000;
const DAY = 86_400_000;

it('journeys are planted for the share of the customers that each of them says', () => {
  const walkers = new Map<string, number>();
  for (let stream = 0; stream < WALKS; stream++) {
    const name = walkOf(new Random(7, stream), { start: 0, days: 1 }).planted?.name ?? '';
    walkers.set(name, (walkers.get(name) ?? 0) + 1);
  }
  for (const { name, share } of plantedJourneys) {
    const deviation = Math.sqrt(WALKS * share * (1 - share));
    const distance = (walkers.get(name)! - WALKS * share) / deviation;
    expect([name, Math.abs(distance) < 4]).toEqual([name, true]);
  }
});

it('a walk is in the order of time, from the first day on, and at whole seconds', () => {
  const period = { start: 100 * DAY, days: 120 };
  for (let stream = 0; stream < 1_000; stream++) {
    const times = walkOf(new Random(7, stream), period).interactions.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.every((at) => at >= period.start && at % 1_000 === 0)).toBe(true);
  }
});

it('nothing follows the churn of most but an offer to come back', () => {
  const leaving = Array.from({ length: 5_000 }, (_, stream) => walkOf(new Random(7, stream), { start: 0, days: 120 }))
    .filter(({ churned }) => churned)
    .map(({ interactions }) => interactions.map(({ step }) => step));
  const gone = leaving.filter((steps) => {
    const after = steps.slice(steps.indexOf('churn') + 1);
    return after.length === 0 || after.join() === 'winback_offer';
  });
  expect(leaving.length).toBeGreaterThan(250);
  expect(gone.length / leaving.length).toBeGreaterThan(0.8);
});
