import type { JourneyFrequencyAnswer, JourneyCut } from '../../schemas/frequency';
import { countPositions } from './count-positions';
import { namesOf, type JourneySlices } from '../journeys/slices';
import { topGroups } from './top-groups';

export type JourneyTally = Pick<JourneyFrequencyAnswer, 'journeys' | 'positions' | 'customers'>;

/** What the tally needs of the question. */
export type TallyQuestion = Pick<JourneyCut, 'as' | 'top'>;

/** Counts equal journeys, one a customer, and the steps at each position. */
export function tallyJourneys(slices: JourneySlices, question: TallyQuestion): JourneyTally {
  const customers = slices.starts.length;
  const { groups, top } = topGroups(slices, question.top);
  const journeys = top.map((group) => {
    const count = groups.counts[group] as number;
    return { steps: namesOf(slices, groups.examples[group] as number), count, share: count / customers };
  });
  return { journeys, positions: countPositions(slices, question.as), customers };
}
