import type { MilestoneSpec } from '../../schemas/milestone';
import type { Source } from '../../schemas/source';
import type { PropensitySpec } from '../../schemas/propensity';
import { kindOf } from '../features/targets';
import { classPropertyOf, scorePropertyOf } from '../propensity/graph-scores';
import type { OpenProperties } from './athena-catalog';

/** What vertices have beside the graph's contract, as a hub's sources, milestones and models declare it. */
export function openProperties(
  sources: readonly Pick<Source, 'profiles' | 'events'>[],
  milestones: readonly Pick<MilestoneSpec, 'properties'>[],
  models: readonly Pick<PropensitySpec, 'name' | 'target'>[],
): OpenProperties {
  const told = (attributes: readonly (object | undefined)[]) =>
    [...new Set(attributes.flatMap((each) => Object.keys(each ?? {})))].sort();
  return {
    Profile: told(sources.map(({ profiles }) => profiles?.attributes)),
    Event: told(sources.map(({ events }) => events?.attributes)),
    Customer: models.flatMap(({ name, target }) =>
      kindOf(target) === 'classes' ? [scorePropertyOf(name), classPropertyOf(name)] : [scorePropertyOf(name)],
    ),
    Milestone: told(milestones.map(({ properties }) => properties)),
  };
}
