import fc from 'fast-check';
import { DisjointSets } from '../../../core/identity/clustering/clusters';
import { FirmSets, type ProfilePair } from '../../../core/identity/clustering/firm-sets';

const SIZE = 9;
const pairs: fc.Arbitrary<ProfilePair[]> = fc.array(
  fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1)).filter(([a, b]) => a !== b),
  { maxLength: 14 },
);

it('are disjoint sets where nothing is held apart', () => {
  fc.assert(
    fc.property(pairs, (links) => {
      const [firm, plain] = [new FirmSets(SIZE, []), new DisjointSets(SIZE)];
      for (const [a, b] of links) {
        expect(firm.union(a, b)).toBe(true);
        plain.union(a, b);
      }
      for (let a = 0; a < SIZE; a++)
        for (let b = 0; b < SIZE; b++) expect(firm.find(a) === firm.find(b)).toBe(plain.find(a) === plain.find(b));
    }),
  );
});

it('never bring together what is held apart, and refuse no union but for that', () => {
  fc.assert(
    fc.property(pairs, pairs, (links, cannotLink) => {
      const firm = new FirmSets(SIZE, cannotLink);
      const apart = (a: number, b: number) =>
        cannotLink.some(([x, y]) =>
          [
            [x, y],
            [y, x],
          ].some(([one, other]) => firm.find(one!) === firm.find(a) && firm.find(other!) === firm.find(b)),
        );
      for (const [a, b] of links) {
        const isFree = firm.find(a) === firm.find(b) || !apart(a, b);
        expect(firm.union(a, b)).toBe(isFree);
      }
      for (const [a, b] of cannotLink) expect(firm.find(a)).not.toBe(firm.find(b));
    }),
  );
});
