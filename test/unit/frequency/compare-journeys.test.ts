import fc from 'fast-check';
import { analyzeFrequency, compareFrequency } from '../../../core/frequency/analyze-frequency';
import { indexWords } from '../../../core/journeys/step-places';
import { differenceInterval } from '../../../core/statistics/proportions';
import {
  journeyComparisonQuestion,
  journeyFrequencyQuestion,
  type JourneyComparisonInput,
} from '../../../schemas/frequency';
import { eventRows, wordsOf } from './event-rows';
import type { EventRow } from './reference';

const compare = (rows: readonly EventRow[], question: JourneyComparisonInput) =>
  compareFrequency(indexWords(wordsOf(rows)), journeyComparisonQuestion.parse(question));

/** So many customers with each journey; a step a character. */
function crowd(journeys: Readonly<Record<string, number>>): EventRow[] {
  return Object.entries(journeys).flatMap(([journey, customers]) =>
    Array.from({ length: customers }, (_, number) =>
      [...journey].map((event, time) => ({ customer: `${journey} ${number}`, time, event, channel: 'web' })),
    ).flat(),
  );
}

const sides = { a: { name: 'shop', segment: { had: ['s'] } }, b: { name: 'web', segment: { had: ['w'] } } };

it('counts what each side alone would be told', () => {
  fc.assert(
    fc.property(eventRows, fc.constantFrom('start' as const, 'end' as const), (rows, as) => {
      const event = rows[0]!.event;
      const question = { event, as, steps: 3, top: 1000 };
      const [from, until] = ['1900-01-01T00:00:00Z', '2023-11-14T22:13:25Z'];
      const [before, after] = [{ from, until }, { from: until }];
      const words = indexWords(wordsOf(rows));
      const alone = [before, after].map((anchor) =>
        analyzeFrequency(words, journeyFrequencyQuestion.parse({ ...question, anchor })),
      );
      const compared = compareFrequency(
        words,
        journeyComparisonQuestion.parse({
          ...question,
          a: { name: 'b', anchor: before },
          b: { name: 'a', anchor: after },
        }),
      );
      for (const [index, side] of [compared.a, compared.b].entries()) {
        const { customers, journeysCounted, allCustomers } = alone[index]!;
        expect(side).toMatchObject({ customers, journeysCounted, allCustomers });
      }
      const keys = new Set(alone.flatMap(({ journeys }) => journeys.map(({ steps }) => JSON.stringify(steps))));
      expect(compared.tested + compared.untested).toBe(keys.size);
      for (const { steps, a, b } of compared.journeys) {
        const counts = alone.map(
          ({ journeys }) =>
            journeys.find((journey) => JSON.stringify(journey.steps) === JSON.stringify(steps))?.count ?? 0,
        );
        expect([a.count, b.count]).toEqual(counts);
      }
    }),
    { numRuns: 100 },
  );
});

it('ranks what differs most, with its interval and its false discovery rate', () => {
  const rows = crowd({ sax: 60, sbx: 40, scx: 100, wax: 20, wbx: 40, wcx: 140, wdx: 1 });
  const answer = compare(rows, { event: 'x', steps: 2, ...sides });
  expect(answer.journeys.map(({ steps }) => steps.join(''))).toEqual(['ax', 'cx', 'bx']);
  expect(answer).toMatchObject({ tested: 3, untested: 1, a: { name: 'shop', customers: 200 }, b: { customers: 201 } });
  const [first] = answer.journeys;
  expect(first).toMatchObject({ a: { count: 60, share: 0.3 }, b: { count: 20 }, difference: 60 / 200 - 20 / 201 });
  expect(first?.interval).toEqual([...differenceInterval({ count: 60, of: 200 }, { count: 20, of: 201 })]);
  expect(first?.falseDiscoveryRate).toBeLessThan(0.001);
  expect(answer.journeys[2]?.falseDiscoveryRate).toBeGreaterThan(0.5);
});

it('answers with zeros when a side is empty', () => {
  const answer = compare(crowd({ sax: 3, w: 1 }), { event: 'x', ...sides });
  expect(answer).toMatchObject({ b: { journeysCounted: 0, allCustomers: 1 }, journeys: [], tested: 0, untested: 1 });
});

it('names the side of a field that nobody knows', () => {
  const wrong = { ...sides, b: { name: 'web', segment: { had: ['v'] } } };
  expect(() => compare(crowd({ sax: 1, w: 1 }), { event: 'x', ...wrong })).toThrow(
    expect.objectContaining({ field: 'b.segment.had.0' }),
  );
});
