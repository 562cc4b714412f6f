import { alone } from '../../parallel/work';
import type { ApartConstraints, FirmSets } from './firm-sets';
import type { Learning } from '../link';
import { looseWeight, vectorWeights } from './link-records';
import { joinUnits } from './join-units';
import { looseGroups } from './loose-groups';
import type { UnitLink, UnitWeights } from './unit-weights';

/**
 * Joins sets of profiles that are firmly one person where the model holds them to be one: sets that pairs hold together
 * loosely are weighed against one another, and joined by average linkage within the constraints.
 *
 * @param firm takes the unions
 * @returns the links that hold the joined sets together: of each customer a spanning tree, the strongest there is
 */
export function linkUnits(
  firm: FirmSets,
  { pairs, vectors, model }: Pick<Learning, 'pairs' | 'vectors' | 'model'>,
  weights: Pick<UnitWeights, 'links'>,
  constraints: ApartConstraints,
  threshold: number,
): UnitLink[] {
  const profiles = constraints.uniqueSource.length;
  const units = unitsByName(firm, profiles);
  const unitPairs = {
    size: pairs.size,
    a: pairs.a.map((profile) => firm.find(profile)),
    b: pairs.b.map((profile) => firm.find(profile)),
    of: vectors.of,
    weights: vectorWeights(vectors, model),
  };
  const { count, places, starts } = alone(looseGroups(profiles, unitPairs, looseWeight(threshold)));
  return Array.from({ length: count }, (_, group) => {
    const names = places.subarray(starts[group], starts[group + 1]);
    const own = Array.from(names, (name) => units.get(name)!);
    return joinUnits(own, firm, weights, constraints, threshold);
  }).flat();
}

/** The profiles of every unit, by the one that names it. */
function unitsByName(firm: FirmSets, profiles: number): Map<number, number[]> {
  const units = new Map<number, number[]>();
  for (let profile = 0; profile < profiles; profile++) {
    const name = firm.find(profile);
    const unit = units.get(name);
    if (unit === undefined) units.set(name, [profile]);
    else unit.push(profile);
  }
  return units;
}
