import fc from 'fast-check';
import { knownRarities, markKnownRarity } from '../../../core/identity/records/known-rarities';
import { countValues } from '../../../core/identity/records/count-values';
import { alone } from '../../../core/parallel/work';
import { field, tableOf } from './record-rows';

const fields = [field('given', 'name'), field('city', 'city', 'place')];
const value = fc.oneof(
  fc.constant(null),
  fc.constant('lee'),
  fc.constantFrom('ann', 'bo'),
  fc.stringMatching(/^[a-z]{3}$/),
);
const rows = fc.array(fc.tuple(value, value), { maxLength: 60, size: 'max' });

it('gives the values of other records the rarity they were found to have', () => {
  fc.assert(
    fc.property(rows, (records) => {
      const [found, told] = [tableOf(fields, records), tableOf(fields, records)];
      alone(countValues(found));
      const known = knownRarities(found);
      markKnownRarity(told, known, 0, told.records);
      expect(told.codes).toEqual(found.codes);
      for (const { values, others, rarities } of known) {
        expect([...values]).toEqual([...values].sort((a, b) => a - b));
        expect([...rarities]).not.toContain(others);
      }
    }),
  );
});

it('takes a value that was never met for one of the rarest', () => {
  const usual = ['ann', 'bo', 'cy', 'dee', 'eli', 'flo'].flatMap((name) =>
    Array.from({ length: 6 }, () => [name, null]),
  );
  const known = knownRarities(marked([...usual, ['zoe', null]]));
  const table = tableOf(fields, [
    ['ann', null],
    ['bo', null],
    ['cy', null],
    ['dee', null],
    ['eli', null],
    ['flo', null],
    ['zoe', null],
    ['new', null],
  ]);
  markKnownRarity(table, known, 0, table.records);
  const code = (record: number) => table.codes[(record * table.stride) / 4]! >>> 30;
  expect(code(0)).not.toBe(code(6));
  expect(code(7)).toBe(code(6));
});

function marked(records: readonly (readonly (string | null)[])[]) {
  const table = tableOf(fields, records);
  alone(countValues(table));
  return table;
}
