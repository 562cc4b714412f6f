import type { CandidatePairs } from './candidate-pairs';
import { DisjointSets } from './clusters';
import type { ApartConstraints, FirmSets } from './firm-sets';
import type { Linkage } from './link';
import { vectorWeights } from './link-records';
import { joinUnits } from './join-units';
import type { UnitLink, UnitWeights } from './unit-weights';

/** Units are held together by pairs that are at least half as likely one person as not; then they are looked at closely. */
const LOOSE = -1;
/** By so much more must pairs weigh, again and again, while more units hang together than can be looked at. */
const BAR_STEP = 2;
/** Weights beyond this are as good as certain: what they hold together in such numbers is no person. */
const HIGHEST_BAR = 12;
const MOST_TOGETHER = 1_000;

/**
 * Joins sets of profiles that are firmly one person where the model holds them to be one: sets that pairs hold together
 * loosely are weighed against one another, and joined by average linkage within the constraints.
 *
 * @param firm takes the unions
 * @returns the links that hold the joined sets together: of each customer a spanning tree, the strongest there is
 */
export function linkUnits(
  firm: FirmSets,
  { pairs, vectors, model }: Pick<Linkage, 'pairs' | 'vectors' | 'model'>,
  weights: Pick<UnitWeights, 'links'>,
  constraints: ApartConstraints,
  threshold: number,
): UnitLink[] {
  const ofVector = vectorWeights(vectors, model);
  const strong = { ...pairs, weight: (pair: number) => ofVector[vectors.of[pair] as number]! };
  const links: UnitLink[] = [];
  const profiles = constraints.uniqueSource.length;
  for (const group of looseGroups(firm, profiles, strong, Math.min(LOOSE, threshold))) {
    links.push(...joinUnits(group, firm, weights, constraints, threshold));
  }
  return links;
}

interface WeighedPairs extends CandidatePairs {
  readonly weight: (pair: number) => number;
}

/** A set of units that hang together, each unit by its profiles. */
type Group = readonly (readonly number[])[];

/**
 * Groups of two or more units. Of groups that are too large, what surer pairs hold together.
 *
 * @param inside by profile: whether it is looked at; all are by default
 */
function looseGroups(firm: FirmSets, profiles: number, pairs: WeighedPairs, bar: number, inside?: Uint8Array): Group[] {
  const sets = new DisjointSets(profiles);
  for (let profile = 0; profile < profiles; profile++) sets.union(profile, firm.find(profile));
  for (let pair = 0; pair < pairs.size; pair++) {
    const isInside = inside === undefined || inside[pairs.a[pair] as number] === 1;
    if (isInside && pairs.weight(pair) > bar) sets.union(pairs.a[pair] as number, pairs.b[pair] as number);
  }
  const groups = groupUnits(firm, sets, profiles, inside);
  const large = groups.filter(({ length }) => length > MOST_TOGETHER);
  if (large.length === 0) return groups;
  const small = groups.filter(({ length }) => length <= MOST_TOGETHER);
  if (bar > HIGHEST_BAR) return small;
  const left = new Uint8Array(profiles);
  for (const profile of large.flat(2)) left[profile] = 1;
  return [...small, ...looseGroups(firm, profiles, pairs, bar + BAR_STEP, left)];
}

function groupUnits(firm: FirmSets, sets: DisjointSets, profiles: number, inside: Uint8Array | undefined): Group[] {
  const groups = new Map<number, Map<number, number[]>>();
  for (let profile = 0; profile < profiles; profile++) {
    if (inside?.[profile] === 0) continue;
    const [root, unit] = [sets.find(profile), firm.find(profile)];
    let units = groups.get(root);
    if (units === undefined) groups.set(root, (units = new Map()));
    const known = units.get(unit);
    if (known === undefined) units.set(unit, [profile]);
    else known.push(profile);
  }
  return [...groups.values()].filter(({ size }) => size > 1).map((units) => [...units.values()]);
}
