import { HubError } from '../core/errors';
import type { DeclaredMilestones, Milestone } from '../core/milestones/milestone';
import { didYouMean } from '../core/text/closest-name';

/**
 * The milestone of a name that somebody gave.
 *
 * @param field where the name was given
 * @throws HubError MILESTONE_UNKNOWN, or with another code
 */
export function findMilestone(
  { milestones, broken }: DeclaredMilestones,
  name: string,
  field: string,
  code = 'MILESTONE_UNKNOWN',
): Milestone {
  const found = milestones.find(({ spec }) => spec.name === name);
  if (found !== undefined) return found;
  const names = milestones.map(({ spec }) => spec.name);
  const reason = broken.includes(name)
    ? `the file of this milestone has errors: "${name}"`
    : `there is no such milestone: "${name}"${didYouMean(name, names)}`;
  throw new HubError(code, `${field}: ${reason}; files that changed are read when the hub is started again`, { field });
}
