import fc from 'fast-check';
import { pauseName, withPauses } from '../../../core/similarity/pauses';
import { eventRows, wordsOf } from '../frequency/event-rows';
import { journeysOf } from '../frequency/reference';

const SECOND_IN_DAYS = 1 / 86_400;

it('puts a step between two others that are long enough apart, named after the longest span', () => {
  const spans = fc.uniqueArray(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(eventRows, spans, (rows, seconds) => {
      // A second's double in days may be a hair more than the double of a difference: half a second decides nothing.
      const days = seconds.map((span) => (span - 0.5) * SECOND_IN_DAYS);
      const paused = withPauses(wordsOf(rows), days);
      const expected = [...journeysOf(rows).values()].map((own) =>
        own.flatMap(({ event, time }, index) => {
          const gap = (own[index + 1]?.time ?? time) - time;
          const longest = Math.max(...seconds.filter((span) => (span - 0.5) * 1000 <= gap));
          const isPause = index + 1 < own.length && Number.isFinite(longest);
          return isPause ? [event, pauseName((longest - 0.5) * SECOND_IN_DAYS)] : [event];
        }),
      );
      const found = expected.map((_, customer) =>
        Array.from(
          paused.steps.subarray(paused.offsets[customer], paused.offsets[customer + 1]),
          (letter) => paused.alphabet[letter],
        ),
      );
      expect(found).toEqual(expected);
      expect(paused.times).toHaveLength(paused.steps.length);
    }),
  );
});

it('names pauses for people', () => {
  expect([pauseName(1), pauseName(7)]).toEqual(['pause of 1 day', 'pause of 7 days']);
});
