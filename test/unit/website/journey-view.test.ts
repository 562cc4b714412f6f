import fc from 'fast-check';
import { dayStart } from '../../../website/api/formats';
import {
  emptySegment,
  fromParams,
  throughAlso,
  toParams,
  type JourneyView,
} from '../../../website/site/pages/journeys/view';
import { placesOf, type ChosenStep } from '../../../website/site/pages/journeys/whose';

const DAYS = fc.date({ min: new Date('1990-01-01'), max: new Date('2050-01-01'), noInvalidDate: true });
const day = DAYS.map((date) => date.toISOString().slice(0, 10));
const steps = fc.array(fc.string({ minLength: 1 }), { maxLength: 4 });
const segment = fc.record({
  had: steps,
  hadNot: steps,
  activeFrom: fc.oneof(fc.constant(''), day),
  activeUntil: fc.oneof(fc.constant(''), day),
});
const view: fc.Arbitrary<JourneyView> = fc.record({
  event: fc.string(),
  as: fc.constantFrom('start', 'end'),
  steps: fc.integer({ min: 1, max: 30 }),
  top: fc.integer({ min: 1, max: 200 }),
  repeats: fc.constantFrom('keep', 'collapse'),
  through: steps,
  ignore: steps,
  compare: fc.boolean(),
  a: segment,
  b: segment,
});

it('what the page shows is in its address, whole, whatever steps are called', () => {
  fc.assert(
    fc.property(view, (shown) => {
      expect(fromParams(new URLSearchParams(toParams(shown).toString()))).toEqual(shown);
    }),
  );
});

it('of an address that was written wrongly, what can be is taken', () => {
  const params = new URLSearchParams('event=churn&as=sideways&steps=-3&top=1e9&a.from=yesterday&b.until=2026-02-31x');
  expect(fromParams(params)).toMatchObject({
    event: 'churn',
    as: 'end',
    steps: 6,
    top: 20,
    a: emptySegment,
    b: emptySegment,
  });
});

it('days begin when clocks of the zone say so, on days when they are put forward, too', () => {
  expect(dayStart('2026-01-15', 'Europe/Berlin')).toBe('2026-01-14T23:00:00.000Z');
  expect(dayStart('2026-03-29', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z');
  expect(dayStart('2026-03-30', 'Europe/Berlin')).toBe('2026-03-29T22:00:00.000Z');
  expect(dayStart('2026-07-01', 'America/Los_Angeles')).toBe('2026-07-01T07:00:00.000Z');
  // Without a midnight: clocks went from 0:00 to 1:00.
  expect(dayStart('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z');
  expect(dayStart('2026-05-05', 'Asia/Kolkata')).toBe('2026-05-04T18:30:00.000Z');
});

it('the instant at which a day begins is the first of that day, in any zone', () => {
  const zone = fc.constantFrom('Europe/Berlin', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC');
  fc.assert(
    fc.property(day, zone, (date, timeZone) => {
      // Apia had no such day.
      fc.pre(!(timeZone === 'Pacific/Apia' && date === '2011-12-30'));
      const local = (at: number) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(at);
      const began = Date.parse(dayStart(date, timeZone));
      expect(local(began)).toBe(date);
      expect(local(began - 1) < date).toBe(true);
    }),
    { numRuns: 500 },
  );
});

const ANSWER = {
  journeys: [],
  customers: 10,
  timings: {},
  positions: [
    { offset: -3, step: 'bill', count: 8 },
    { offset: -1, step: 'bill', count: 2 },
    { offset: -2, step: 'call', count: 9 },
  ],
};

it.each<[string, ChosenStep, string[], string[]]>([
  ['on average', { step: 'bill', offset: -3, whose: [] }, ['call'], ['bill', 'call']],
  ['on average', { step: 'call', offset: -2, whose: [] }, ['bill'], ['bill', 'call']],
  [
    'in the journey that was clicked at',
    { step: 'call', offset: -2, steps: ['call', 'bill', 'churn'], whose: [] },
    ['bill'],
    ['call', 'bill'],
  ],
  ['once', { step: 'call', offset: -2, whose: [] }, ['call'], ['call']],
])('steps are fixed in their order, %s', (_, chosen, through, expected) => {
  expect(throughAlso(through, chosen.step, placesOf(chosen, ANSWER))).toEqual(expected);
});
