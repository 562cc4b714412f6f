import { engagementOf, type Engagement } from '../../../core/sample/engagement/engagement';
import { peopleOfHousehold } from '../../../core/sample/people';
import { recordPerson, type Recorded } from '../../../core/sample/rows';
import type { Period } from '../../../core/sample/walks';

export interface EngagedPerson {
  readonly recorded: Recorded;
  readonly engagement: Engagement;
}

/** The first people of a world, with what comes of engagement in their lives. */
export function engagedPeople(seed: number, period: Period, customers: number): EngagedPerson[] {
  const found: EngagedPerson[] = [];
  for (let household = 0; found.length < customers; household++) {
    for (const person of peopleOfHousehold(seed, household).slice(0, customers - found.length)) {
      const recorded = recordPerson(seed, person, period, String);
      found.push({ recorded, engagement: engagementOf(seed, recorded, period) });
    }
  }
  return found;
}
