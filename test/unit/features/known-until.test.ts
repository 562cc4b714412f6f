import { knownUntilOf } from '../../../core/features/known-until';

const DAY = 86_400_000;
/** Days from the first on, each with so many events, the last of them at noon. */
const daysOf = (...events: readonly number[]) =>
  events.map((number, day) => ({ events: number, last: (day + 0.5) * DAY }));

it('is the newest moment of the newest day on which as much happened as usually', () => {
  expect(knownUntilOf(daysOf(900, 1_000, 800))).toBe(2.5 * DAY);
  expect(knownUntilOf(daysOf(900, 1_000, 800).reverse())).toBe(2.5 * DAY);
  expect(knownUntilOf(daysOf(2, 1, 1))).toBe(2.5 * DAY);
});

it('is not moved on by strays of later days, nor by a quiet day between', () => {
  const strays = [
    { events: 8, last: 5.2 * DAY },
    { events: 1, last: 20 * DAY },
  ];
  expect(knownUntilOf([...daysOf(900, 950, 1, 1_000, 900), ...strays])).toBe(4.5 * DAY);
});

it('is nothing where nothing ever happened', () => {
  expect(knownUntilOf([])).toBeUndefined();
});
