import type { MilestoneSpec } from '../../schemas/milestone';
import type { Source } from '../../schemas/source';
import type { OpenProperties } from './athena-catalog';

/** What vertices have beside the graph's contract, as a hub's sources and milestones declare it. */
export function openProperties(
  sources: readonly Pick<Source, 'profiles' | 'events'>[],
  milestones: readonly Pick<MilestoneSpec, 'properties'>[],
): OpenProperties {
  const told = (attributes: readonly (object | undefined)[]) =>
    [...new Set(attributes.flatMap((each) => Object.keys(each ?? {})))].sort();
  return {
    Profile: told(sources.map(({ profiles }) => profiles?.attributes)),
    Event: told(sources.map(({ events }) => events?.attributes)),
    Milestone: told(milestones.map(({ properties }) => properties)),
  };
}
