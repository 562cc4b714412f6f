import { FirmSets } from '../../../core/identity/clustering/firm-sets';
import { joinUnits } from '../../../core/identity/clustering/join-units';
import type { UnitLink } from '../../../core/identity/clustering/unit-weights';

interface World {
  /** Weights by "a b", the first profiles of units; what is not named is unknown. */
  readonly weights: Readonly<Record<string, number>>;
  readonly units?: readonly number[][];
  readonly cannotLink?: readonly (readonly [number, number])[];
  readonly uniqueSource?: readonly number[];
  readonly settled?: readonly number[];
}

const THRESHOLD = 0;

/** Joins units, of one profile each unless they are given, and tells who is together and by which links. */
function join({ weights, units = [[0], [1], [2], [3]], cannotLink = [], uniqueSource = [], settled }: World) {
  const profiles = units.flat().length;
  const firm = new FirmSets(profiles, cannotLink);
  for (const [first, ...others] of units) for (const other of others) firm.union(first!, other);
  const constraints = {
    cannotLink,
    uniqueSource: Uint8Array.from({ length: profiles }, (_, profile) => uniqueSource[profile] ?? 0),
    settled: settled === undefined ? undefined : Uint8Array.from(settled),
  };
  const scorer = {
    links: (all: readonly (readonly number[])[], isSettled: (i: number, j: number) => boolean) =>
      all.flatMap((unit, i) =>
        all.slice(i + 1).map((other, offset): UnitLink => {
          const [a, b] = [unit[0]!, other[0]!];
          const weight = isSettled(i, i + 1 + offset) ? undefined : weights[`${a} ${b}`];
          return { a, b, weight, levels: new Uint8Array() };
        }),
      ),
  };
  const links = joinUnits(units, firm, scorer, constraints, THRESHOLD);
  const together = new Map<number, number[]>();
  for (let profile = 0; profile < profiles; profile++) {
    const set = firm.find(profile);
    together.set(set, [...(together.get(set) ?? []), profile]);
  }
  return { people: [...together.values()].map((set) => set.join(' ')), links: links.map(({ a, b }) => `${a} ${b}`) };
}

describe('units', () => {
  it('join where they fit on average: one strong link does not glue what else does not fit', () => {
    const glued = { '0 1': 8, '1 2': 3, '0 2': -6 };
    expect(join({ units: [[0], [1], [2]], weights: glued }).people).toEqual(['0 1', '2']);
    expect(join({ units: [[0], [1], [2]], weights: { ...glued, '0 2': -2 } }).people).toEqual(['0 1 2']);
  });

  it('of which no field is known on both sides say nothing against each other', () => {
    expect(join({ weights: { '0 1': 5, '1 2': 4, '2 3': 3 } }).people).toEqual(['0 1 2 3']);
  });

  it('with a profile each of a source that knows people once stay apart, also by way of others', () => {
    const weights = { '0 1': 5, '1 2': 4, '0 2': 6 };
    expect(join({ units: [[0], [1], [2]], weights, uniqueSource: [1, 0, 1] }).people).toEqual(['0 1', '2']);
    expect(join({ units: [[0], [1], [2]], weights, uniqueSource: [1, 0, 2] }).people).toEqual(['0 1 2']);
  });

  it('that somebody holds apart stay apart, whatever else they join', () => {
    const weights = { '0 1': 9, '0 2': 8, '0 3': 7, '1 2': 9, '1 3': 5, '2 3': 8 };
    expect(join({ weights, cannotLink: [[0, 3]] }).people).toEqual(['0 1 2', '3']);
    expect(join({ weights, units: [[0, 4], [1], [2], [3]], cannotLink: [[4, 2]] }).people).toEqual(['0 1 4', '2 3']);
  });

  it('that are settled are joined by what is not', () => {
    const units = [[0], [1], [2]];
    expect(join({ units, weights: { '0 1': 9 }, settled: [1, 1, 0] }).people).toEqual(['0', '1', '2']);
    expect(join({ units, weights: { '0 1': 9, '0 2': 5, '1 2': 4 }, settled: [1, 1, 0] }).people).toEqual(['0 1 2']);
  });

  it('are held together by the strongest tree of links', () => {
    const { links } = join({ weights: { '0 1': 5, '0 2': 3, '1 2': 4, '0 3': -1, '1 3': 2, '2 3': 1 } });
    expect(links).toEqual(['0 1', '1 2', '1 3']);
  });
});
