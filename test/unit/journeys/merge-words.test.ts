import fc from 'fast-check';
import { mergeWords } from '../../../core/journeys/merge-words';
import { JourneyWordsBuilder, type JourneyWords } from '../../../core/journeys/words';

const alphabet = ['a', 'b', 'c'];
const word = fc.array(fc.nat(alphabet.length - 1), { maxLength: 4 });

function wordsOf(journeys: readonly (readonly number[])[]): JourneyWords {
  const builder = new JourneyWordsBuilder(alphabet);
  builder.append(
    journeys,
    journeys.map((letters) => letters.map((letter) => letter + 10)),
  );
  return builder.build();
}

it('takes each journey from where it is, in any order', () => {
  // By customer: the number among the held journeys, or a fresh one.
  const customer = (held: number) => fc.oneof(word, ...(held === 0 ? [] : [fc.nat(held - 1)]));
  const both = fc
    .array(word, { maxLength: 6 })
    .chain((held) =>
      fc.record({ held: fc.constant(held), wanted: fc.array(customer(held.length), { maxLength: 12 }) }),
    );
  fc.assert(
    fc.property(both, ({ held, wanted }) => {
      const fresh = wanted.filter((one) => typeof one !== 'number');
      const kept = Int32Array.from(wanted, (one) => (typeof one === 'number' ? one : -1));
      const expected = wanted.map((one) => (typeof one === 'number' ? (held[one] as number[]) : one));
      expect(mergeWords(wordsOf(held), wordsOf(fresh), kept)).toEqual(wordsOf(expected));
    }),
  );
});
