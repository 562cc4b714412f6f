import fc from 'fast-check';
import { assignCustomerIds, DisjointSets } from '../../../core/identity/clustering/clusters';
import { identityChanges } from '../../../core/identity/resolution/identity-changes';

type Links = readonly (readonly [number, number])[];

const MOST = 10;
/** What is known night after night: new profiles, and all links, which come and go. */
const histories = fc.array(
  fc.record({
    arriving: fc.nat(4),
    links: fc.array(fc.tuple(fc.nat(MOST - 1), fc.nat(MOST - 1)), { maxLength: 10 }),
  }),
  { minLength: 1, maxLength: 7 },
);

function resolve(previous: readonly (string | null)[], links: Links) {
  const sets = new DisjointSets(previous.length);
  for (const [a, b] of links) sets.union(a % previous.length, b % previous.length);
  const ids = previous.map((_, index) => `p${index}`);
  const profiles = { ids, previous, freshIds: ids.map((id) => `c-${id}`) };
  const customers = assignCustomerIds(profiles, sets);
  return { sets, customers, changes: identityChanges(profiles, customers) };
}

/** Plays a history, and looks at every night. */
function play(
  history: readonly { arriving: number; links: Links }[],
  look: (before: readonly (string | null)[], night: ReturnType<typeof resolve>, links: Links) => void,
): void {
  let known: readonly string[] = [];
  for (const { arriving, links } of history) {
    const before = [...known, ...Array.from({ length: arriving }, () => null)].slice(0, MOST);
    if (before.length === 0) continue;
    const night = resolve(before, links);
    look(before, night, links);
    known = night.customers;
  }
}

it('are none when the same is resolved again, at any point of any history', () => {
  fc.assert(
    fc.property(histories, (history) =>
      play(history, (_before, { customers }, links) => {
        const again = resolve(customers, links);
        expect(again.customers).toEqual(customers);
        expect(again.changes.every((change) => change === undefined)).toBe(true);
      }),
    ),
  );
});

it('say of every profile what became of its customer', () => {
  fc.assert(
    fc.property(histories, (history) =>
      play(history, (before, { customers, changes }) => {
        changes.forEach((change, profile) => {
          const [from, to] = [before[profile]!, customers[profile]!];
          expect(change === undefined).toBe(from === to);
          if (change === 'new') expect(from).toBeNull();
          if (change === 'merged') expect([customers.includes(from), before.includes(to)]).toEqual([false, true]);
          if (change === 'split') expect(before).not.toContain(to);
          if (change === 'moved') expect([customers.includes(from), before.includes(to)]).toEqual([true, true]);
        });
      }),
    ),
  );
});

it('leave the id of a customer with the biggest part of its profiles that no other customer claims', () => {
  fc.assert(
    fc.property(histories, (history) =>
      play(history, (before, { customers, sets }) => {
        const sizeIn = (customer: string, set: number) =>
          before.filter((one, profile) => one === customer && sets.find(profile) === set).length;
        before.forEach((from, profile) => {
          if (from === null || customers.includes(from)) return;
          // Gone, then every part of it went to a customer that had at least as many profiles there.
          const to = customers[profile]!;
          const set = sets.find(profile);
          if (before.includes(to)) expect(sizeIn(to, set)).toBeGreaterThanOrEqual(sizeIn(from, set));
        });
      }),
    ),
  );
});
