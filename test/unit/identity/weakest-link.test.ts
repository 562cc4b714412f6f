import fc from 'fast-check';
import { DisjointSets } from '../../../core/identity/clustering/clusters';
import { weakestLink, type HoldingLink } from '../../../core/identity/clustering/weakest-link';

const profiles = ['a', 'b', 'c', 'd', 'e'];
const links: fc.Arbitrary<HoldingLink[]> = fc.array(
  fc.record({
    profileA: fc.constantFrom(...profiles),
    profileB: fc.constantFrom(...profiles),
    probability: fc.integer({ min: 1, max: 9 }).map((tenths) => tenths / 10),
  }),
  { maxLength: 12 },
);

/** How many parts links leave the profiles in. */
function parts(some: readonly HoldingLink[]): number {
  const sets = new DisjointSets(profiles.length);
  for (const { profileA, profileB } of some) sets.union(profiles.indexOf(profileA), profiles.indexOf(profileB));
  return new Set(profiles.map((_, index) => sets.find(index))).size;
}

it('is the one without which, and those as weak, nothing stronger holds all together', () => {
  fc.assert(
    fc.property(links, (given) => {
      const weakest = weakestLink(profiles, given);
      expect(weakest === undefined).toBe(parts(given) > 1);
      if (weakest === undefined) return;
      const { probability } = weakest.edge;
      expect(parts(given.filter((link) => link.probability >= probability))).toBe(1);
      expect(parts(given.filter((link) => link.probability > probability))).toBeGreaterThan(1);
      expect(weakest.parts.flat().toSorted()).toEqual(profiles);
      const [one, other] = weakest.parts;
      expect([one.includes(weakest.edge.profileA), other.includes(weakest.edge.profileB)]).toEqual([true, true]);
    }),
  );
});

it('is none of a single profile', () => {
  expect(weakestLink(['a'], [])).toBeUndefined();
});
