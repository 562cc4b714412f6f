import fc from 'fast-check';
import { countJourneys } from '../../../core/frequency/count-journeys';
import { frequencyLimits } from '../../../core/frequency/limits';
import { JourneyWordsBuilder } from '../../../core/journeys/words';
import { journeyFrequencyQuestion } from '../../../schemas/frequency';
import { eventRows, questions, wordsOf } from './event-rows';
import { naiveFrequency } from './reference';
import type { EventRow } from './reference';

/** One customer a string, a step a character. */
function rowsOf(...journeys: string[]): EventRow[] {
  return journeys.flatMap((journey, customer) =>
    [...journey].map((event, time) => ({ customer: String(customer), time, event })),
  );
}

const ask = { event: 'x', as: 'end' as const, steps: 3, top: 10 };

describe('countJourneys', () => {
  it('equals the naive reference', () => {
    fc.assert(
      fc.property(eventRows, questions, (rows, question) => {
        expect(countJourneys(wordsOf(rows), question)).toEqual(naiveFrequency(rows, question));
      }),
      { numRuns: 500 },
    );
  });

  it('cuts journeys at the first event of interest, and counts equal ones', () => {
    const words = wordsOf(rowsOf('abcxdx', 'bcxx', 'x', 'abc'));
    expect(countJourneys(words, ask)).toEqual({
      journeys: [
        { steps: ['b', 'c', 'x'], count: 2, share: 2 / 3 },
        { steps: ['x'], count: 1, share: 1 / 3 },
      ],
      positions: [
        { offset: -2, step: 'b', count: 2 },
        { offset: -1, step: 'c', count: 2 },
        { offset: 0, step: 'x', count: 3 },
      ],
      customers: 3,
    });
    expect(countJourneys(words, { ...ask, as: 'start' }).journeys.map(({ steps }) => steps.join(''))).toEqual([
      'x',
      'xdx',
      'xx',
    ]);
  });

  it('orders equally frequent journeys by code points, step by step', () => {
    const words = wordsOf(rowsOf('😀x', '\uFFFDx', 'zx', 'x', 'azx'));
    expect(countJourneys(words, ask).journeys.map(({ steps }) => steps.join(''))).toEqual([
      'azx',
      'x',
      'zx',
      '\uFFFDx',
      '😀x',
    ]);
  });

  it('never takes two steps for one whose name holds a separator', () => {
    const rows = [
      { customer: '1', time: 1, event: 'a>b' },
      { customer: '1', time: 2, event: 'x' },
      { customer: '2', time: 1, event: 'a' },
      { customer: '2', time: 2, event: 'b' },
      { customer: '2', time: 3, event: 'x' },
    ];
    expect(countJourneys(wordsOf(rows), ask).journeys).toHaveLength(2);
  });

  it('answers with zeros when nobody had the event', () => {
    const nothing = { journeys: [], positions: [], customers: 0 };
    expect(countJourneys(wordsOf(rowsOf('abc')), ask)).toEqual(nothing);
    expect(countJourneys(wordsOf([]), ask)).toEqual(nothing);
  });

  it('tells so many distinct journeys apart that some of their hashes are equal', () => {
    const alphabet = ['x', ...Array.from({ length: 600 }, (_, letter) => `type ${letter}`)];
    const builder = new JourneyWordsBuilder(alphabet, { customers: 400_000, steps: 1_600_000 });
    for (let customer = 0; customer < 400_000; customer++) {
      const scattered = (customer * 1_234_577) % 600 ** 3; // a number of its own, the factor being coprime
      const [first, second, third] = [
        scattered % 600,
        Math.floor(scattered / 600) % 600,
        Math.floor(scattered / 360_000),
      ];
      builder.append([[first + 1, second + 1, third + 1, 0]], [[1, 2, 3, 4]]);
    }
    const { journeys } = countJourneys(builder.build(), { ...ask, steps: 4, top: 1000 });
    expect(journeys).toHaveLength(1000);
    expect(new Set(journeys.map(({ count }) => count))).toEqual(new Set([1]));
  });
});

it('frequencyLimits are those of the schema', () => {
  const fits = (extra: object) => journeyFrequencyQuestion.safeParse({ event: 'x', ...extra }).success;
  for (const field of ['steps', 'top'] as const) {
    expect([0, 1, frequencyLimits[field], frequencyLimits[field] + 1].map((value) => fits({ [field]: value }))).toEqual(
      [false, true, true, false],
    );
  }
});
