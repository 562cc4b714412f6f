import fc from 'fast-check';
import { assignCustomerIds, DisjointSets, type ProfilesByAge } from '../../../core/identity/clustering/clusters';

interface World {
  readonly previous: readonly (string | null)[];
  readonly links: readonly (readonly [number, number])[];
}

/** Profiles, some of them known from an earlier run, and links between them. */
const worlds: fc.Arbitrary<World> = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc.record({
    previous: fc.array(fc.option(fc.constantFrom('c-a', 'c-b', 'c-c', 'fresh-0', 'fresh-3')), {
      minLength: size,
      maxLength: size,
    }),
    links: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 14 }),
  }),
);

function assign({ previous, links }: World): { ids: string[]; sets: DisjointSets } {
  const sets = new DisjointSets(previous.length);
  for (const [a, b] of links) sets.union(a, b);
  const profiles: ProfilesByAge = {
    ids: previous.map((_, index) => `p${index}`),
    previous,
    freshIds: previous.map((_, index) => `fresh-${index}`),
  };
  return { ids: assignCustomerIds(profiles, sets), sets };
}

describe('customer ids', () => {
  it('are one for each component, and none is shared by two', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { ids, sets } = assign(world);
        ids.forEach((id, a) => ids.forEach((other, b) => expect(id === other).toBe(sets.find(a) === sets.find(b))));
      }),
    );
  });

  it('stay as they are when the same is resolved again', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { ids } = assign(world);
        expect(assign({ ...world, previous: ids }).ids).toEqual(ids);
      }),
    );
  });

  it('stay with a customer that only gains new profiles', () => {
    fc.assert(
      fc.property(worlds, fc.array(fc.nat(13), { maxLength: 4 }), (world, joined) => {
        const { ids } = assign(world);
        const previous = [...ids, ...joined.map(() => null)];
        const links = joined.map((to, index) => [to % ids.length, ids.length + index] as const);
        const again = assign({ previous, links: [...world.links, ...links] }).ids;
        expect(again.slice(0, ids.length)).toEqual(ids);
        expect(again.slice(ids.length)).toEqual(joined.map((to) => ids[to % ids.length]));
      }),
    );
  });

  it('of merged customers are that of the bigger part, of equals that of the older', () => {
    const merge = (previous: string[]) =>
      new Set(assign({ previous, links: previous.slice(1).map((_, index) => [index, index + 1]) }).ids);
    expect(merge(['c-a', 'c-b', 'c-b'])).toEqual(new Set(['c-b']));
    expect(merge(['c-b', 'c-a', 'c-a', 'c-b'])).toEqual(new Set(['c-b']));
  });

  it('of a split customer stay with the bigger part, of equals with the older; the other part gets a new one', () => {
    const previous = ['c-a', 'c-a', 'c-a'];
    expect(assign({ previous, links: [[1, 2]] }).ids).toEqual(['fresh-0', 'c-a', 'c-a']);
    expect(assign({ previous: ['c-a', 'c-a'], links: [] }).ids).toEqual(['c-a', 'fresh-1']);
  });

  it('of a part split off are never those another customer holds', () => {
    // The older profile once gave its id to the customer that the bigger part now keeps.
    const previous = ['fresh-0', 'fresh-0', 'fresh-0'];
    expect(assign({ previous, links: [[1, 2]] }).ids).toEqual(['fresh-0-2', 'fresh-0', 'fresh-0']);
  });
});
