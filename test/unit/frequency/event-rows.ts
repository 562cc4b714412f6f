import fc from 'fast-check';
import { JourneyWordsBuilder } from '../../../core/journeys/words';
import type { JourneyWords } from '../../../core/journeys/words';
import type { JourneyCut } from '../../../schemas/frequency';
import { journeysOf } from './reference';
import type { EventRow } from './reference';

/** Names that break joined keys, quoting, sorting by UTF-16 units, and terminals. */
const AWKWARD = ['churn', 'a>b', 'a', 'b', 'x,y', '"q"', "it's", 'two\nlines', 'tab\t', '😀', '\uFFFD', 'é', 'Z', ' '];
const MANY = Array.from({ length: 400 }, (_, index) => `type ${index}`);

/** Rows with few customers and few times, so that equal times, repeated events and equal journeys are common. */
export const eventRows: fc.Arbitrary<EventRow[]> = fc
  .constantFrom(AWKWARD.slice(0, 3), AWKWARD, [...AWKWARD, ...MANY])
  .chain((types) =>
    fc.array(
      fc.record({
        customer: fc.constantFrom('1', '2', '3', 'é,"4"', '5', '6'),
        time: fc.integer({ min: 0, max: 12 }).map((step) => 1_700_000_000_000 + step * 1000),
        event: fc.constantFrom(...types),
        channel: fc.constantFrom('web', 'app', 'call'),
      }),
      { minLength: 1, maxLength: 80 },
    ),
  );

export const questions: fc.Arbitrary<JourneyCut> = fc.record({
  event: fc.constantFrom('churn', 'a', '😀', 'two\nlines'),
  as: fc.constantFrom('start' as const, 'end' as const),
  steps: fc.integer({ min: 1, max: 8 }),
  top: fc.integer({ min: 1, max: 6 }),
});

/** The rows as words, over an alphabet in no particular order. */
export function wordsOf(rows: readonly EventRow[]): JourneyWords {
  const alphabet = [...new Set(rows.map(({ event }) => event))];
  const letters = new Map(alphabet.map((type, letter) => [type, letter]));
  const names = [...new Set(rows.map(({ channel }) => channel))];
  const channels: number[] = [];
  const builder = new JourneyWordsBuilder(alphabet);
  for (const journey of journeysOf(rows).values()) {
    builder.append(
      [journey.map(({ event }) => letters.get(event) as number)],
      [journey.map(({ time }) => BigInt(time))],
    );
    for (const { channel } of journey) channels.push(names.indexOf(channel));
  }
  return { ...builder.build(), channels: { names, letters: Uint8Array.from(channels) } };
}
