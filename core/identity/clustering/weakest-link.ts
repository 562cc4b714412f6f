import { DisjointSets } from './clusters';

/** A link as far as its strength is concerned. */
export interface HoldingLink {
  readonly profileA: string;
  readonly profileB: string;
  readonly probability: number;
}

export interface WeakestLink<Link> {
  readonly edge: Link;
  /** The profiles on either side of it. */
  readonly parts: [string[], string[]];
}

/**
 * The weakest of the links that hold profiles together: the least of a maximum spanning tree (Kruskal 1956), so that no
 * other way between its two sides is stronger (Hu 1961).
 *
 * @returns undefined for one profile, and for profiles that links do not hold together
 */
export function weakestLink<Link extends HoldingLink>(
  profiles: readonly string[],
  links: readonly Link[],
): WeakestLink<Link> | undefined {
  const numberOf = new Map(profiles.map((profile, number) => [profile, number]));
  const sets = new DisjointSets(profiles.length);
  const tree = [...links]
    .sort((one, other) => other.probability - one.probability)
    .filter((link) => join(sets, numberOf, link));
  const edge = tree.at(-1);
  if (edge === undefined || tree.length < profiles.length - 1) return undefined;
  const sides = new DisjointSets(profiles.length);
  for (const link of tree.slice(0, -1)) join(sides, numberOf, link);
  const side = sides.find(numberOf.get(edge.profileA)!);
  const isBeside = (profile: string) => sides.find(numberOf.get(profile)!) === side;
  return { edge, parts: [profiles.filter(isBeside), profiles.filter((profile) => !isBeside(profile))] };
}

/** Whether the two were not held together before. */
function join(sets: DisjointSets, numberOf: ReadonlyMap<string, number>, { profileA, profileB }: HoldingLink): boolean {
  const [a, b] = [numberOf.get(profileA), numberOf.get(profileB)];
  if (a === undefined || b === undefined || sets.find(a) === sets.find(b)) return false;
  sets.union(a, b);
  return true;
}
