import fc from 'fast-check';
import { CustomerIdsBuilder } from '../../../core/journeys/customer-ids';

it('gives every id back by its number, and every number by its id', () => {
  const ids = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 60 });
  fc.assert(
    fc.property(ids, fc.string(), (all, other) => {
      const builder = new CustomerIdsBuilder();
      builder.append(all.slice(0, 7));
      builder.append(all.slice(7));
      const packed = builder.build();
      expect(packed.size).toBe(all.length);
      expect(all.map((_, number) => packed.at(number))).toEqual(all);
      expect(all.map((id) => packed.indexOf(id))).toEqual(all.map((_, number) => number));
      expect(packed.indexOf(other)).toBe(all.indexOf(other));
    }),
  );
});

it('grows with many and long ids', () => {
  const all = Array.from({ length: 5000 }, (_, number) => `${'😀'.repeat(20)} ${number}`);
  const builder = new CustomerIdsBuilder();
  builder.append(all);
  const packed = builder.build();
  expect(packed.at(4999)).toBe(all[4999]);
  expect(packed.indexOf(all[2500] as string)).toBe(2500);
});
