import fc from 'fast-check';
import { JourneyWordsBuilder } from '../../../core/journeys/words';
import type { JourneyWords } from '../../../core/journeys/words';
import {
  journeyFrequencyQuestion,
  type JourneyCut,
  type JourneyFrequencyInput,
  type JourneyFrequencyQuestion,
} from '../../../schemas/frequency';
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
      { minLength: 1, maxLength: 80, size: 'max' },
    ),
  );

export const questions: fc.Arbitrary<JourneyCut> = fc.record({
  event: fc.constantFrom('churn', 'a', '😀', 'two\nlines'),
  as: fc.constantFrom('start' as const, 'end' as const),
  steps: fc.integer({ min: 1, max: 8 }),
  top: fc.integer({ min: 1, max: 6 }),
});

/** A condition now and then: questions with all of them at once find nothing. */
function sometimes<T, Else>(condition: fc.Arbitrary<T>, otherwise: Else): fc.Arbitrary<T | Else> {
  return fc.oneof({ weight: 8, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: condition });
}

/** A question that asks for anything at all, over steps the rows have. */
export function anythingAbout(rows: readonly EventRow[]): fc.Arbitrary<JourneyFrequencyQuestion> {
  // As often as they occur, so that most questions concern several customers.
  const types = rows.map(({ event }) => event);
  const channels = [...new Set(rows.map(({ channel }) => channel))];
  const some = (from: readonly string[], most: number) =>
    fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength: most });
  const moment = fc.integer({ min: 0, max: 12 }).map((step) => new Date(1_700_000_000_000 + step * 1000).toISOString());
  return fc
    .record({
      event: fc.constantFrom(...types),
      as: fc.constantFrom('start' as const, 'end' as const),
      steps: fc.integer({ min: 1, max: 6 }),
      top: fc.integer({ min: 1, max: 5 }),
      occurrence: fc.constantFrom('first' as const, 'last' as const, 'every' as const),
      repeats: fc.constantFrom('keep' as const, 'collapse' as const),
      ignore: sometimes(some(types, 2), []),
      by: fc.constantFrom('type' as const, 'type' as const, 'channel' as const),
      maxGapHours: sometimes(fc.constantFrom(1 / 3600, 3 / 3600), undefined),
      anchor: fc.record({
        channels: sometimes(some(channels, 2), []),
        from: sometimes(moment, undefined),
        until: sometimes(moment, undefined),
      }),
      segment: fc.record({
        had: sometimes(some(types, 1), []),
        hadNot: sometimes(some(types, 1), []),
        activeFrom: sometimes(moment, undefined),
        activeUntil: sometimes(moment, undefined),
      }),
      tree: fc.record({ breadth: fc.integer({ min: 1, max: 3 }), minShare: fc.constantFrom(0, 0.2) }),
      grouped: sometimes(some(types, 3), undefined),
      passing: sometimes(some(types, 2), []),
      passingChannels: sometimes(some(channels, 2), []),
    })
    .map(({ grouped, passing, passingChannels, ...given }) => {
      const through = given.by === 'channel' ? passingChannels : passing;
      const groups = grouped === undefined || given.by === 'channel' ? {} : { 'a group': grouped };
      // Half of the grouped questions are about the group itself.
      const isAboutGroup = grouped?.includes(given.event) === true && Object.keys(groups).length > 0;
      const event = isAboutGroup ? 'a group' : given.event;
      const question = JSON.parse(JSON.stringify({ ...given, groups, event, through })) as JourneyFrequencyInput;
      return journeyFrequencyQuestion.parse(question);
    });
}

/** Rows, and a question about them. */
export const anything = eventRows.chain((rows) => anythingAbout(rows).map((question) => ({ rows, question })));

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
