import fc from 'fast-check';
import type { Alphabet, CustomerHistory, Neighbour } from '../../../core/features/history';

export const DAY = 86_400_000;
/** Histories are of these days, counted from the epoch. */
export const DAYS = 200;

export const alphabet: Alphabet = {
  letters: ['bill', 'call', 'complaint', 'churn', 'milestone:at-risk'],
  channels: ['app', 'call', 'web'],
};
const MILESTONE = 4;

const time = fc.integer({ min: 0, max: DAYS * DAY });

const neighbour: fc.Arbitrary<Neighbour> = fc.record({
  tie: fc.constantFrom('address', 'phone', 'account'),
  customerId: fc.constantFrom('c2', 'c3', 'c4'),
  since: time,
  crowdedAt: fc.oneof(time, fc.constant(Infinity)),
  hitAt: fc.oneof(time, fc.constant(Infinity)),
});

const happened = fc.record({ at: time, letter: fc.nat(MILESTONE), channel: fc.nat(2) });

const record = fc.record({
  seenAt: time,
  attributes: fc.record(
    { city: fc.constantFrom('Bonn', 'Köln', ''), birth_year: fc.constantFrom('1970', '1985') },
    { requiredKeys: [] },
  ),
});

/** A history of anything, in the order of time. */
export const anyHistory: fc.Arbitrary<CustomerHistory> = fc
  .record({
    steps: fc.array(happened, { maxLength: 30 }),
    records: fc.array(record, { maxLength: 4 }),
    neighbours: fc.array(neighbour, { maxLength: 4 }),
    scores: fc.array(fc.record({ at: time, score: fc.integer({ min: 1, max: 5 }) }), { maxLength: 2 }),
  })
  .map(({ steps, records, neighbours, scores }) =>
    historyOf(steps, { records: records.sort((a, b) => a.seenAt - b.seenAt), neighbours, scores }),
  );

/** A history of some steps, in any order. */
export function historyOf(
  steps: readonly { readonly at: number; readonly letter: number; readonly channel?: number }[],
  rest: Partial<CustomerHistory> = {},
): CustomerHistory {
  const sorted = steps.toSorted((a, b) => a.at - b.at);
  return {
    customerId: 'c1',
    letters: Int32Array.from(sorted, ({ letter }) => letter),
    times: Float64Array.from(sorted, ({ at }) => at),
    channels: Int32Array.from(sorted, ({ letter, channel }) => (letter === MILESTONE ? -1 : (channel ?? 0))),
    records: [],
    neighbours: [],
    scores: [],
    ...rest,
  };
}
