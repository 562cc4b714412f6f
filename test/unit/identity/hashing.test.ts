import fc from 'fast-check';
import { differentHashes, mix, Numbering } from '../../../core/identity/records/hashing';
import { ValueTable } from '../../../core/identity/records/value-table';

it('numbers values in the order they come, the same the same', () => {
  const value = fc.oneof(fc.nat(50), fc.maxSafeNat());
  fc.assert(
    fc.property(fc.array(value, { maxLength: 5_000, size: 'max' }), (values) => {
      const numbers = new Numbering();
      const found = values.map((own) => numbers.numberOf(own));
      const different = [...new Set(values)];
      expect(found).toEqual(values.map((own) => different.indexOf(own)));
      expect([...numbers.values.subarray(0, numbers.size)]).toEqual(different);
    }),
    { numRuns: 30 },
  );
});

it('finds rows by both halves of their hash', () => {
  const half = fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(half, half), { selector: String, maxLength: 200 }), (hashes) => {
      const present = hashes.filter((_, index) => index % 3 > 0);
      const table = new ValueTable(present.length, 3);
      const starts = new Map(present.map(([low, high]) => [`${low} ${high}`, table.add(low, high)]));
      for (const [low, high] of hashes) expect(table.find(low, high)).toBe(starts.get(`${low} ${high}`) ?? -1);
    }),
  );
});

it.each([1, 10, 1_000, 300_000])('counts %i different hashes, nearly, however often each is met', (different) => {
  const hashes = Uint32Array.from({ length: 4 * different }, (_, half) => mix((half >>> 1) % different));
  expect(differentHashes(hashes) / different).toBeCloseTo(1, 1);
});
