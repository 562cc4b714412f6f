import type { JourneyFrequencyQuestion } from '../../schemas/frequency';
import type { JourneyWords } from '../journeys/words';
import { tallyJourneys } from './tally-journeys';
import type { JourneyTally } from './tally-journeys';

/**
 * Answers a frequency question from journey words: every customer's up to `steps` steps that end with the first event
 * of interest, or start from it. An event no customer had gives an empty answer.
 */
export function countJourneys(words: JourneyWords, question: JourneyFrequencyQuestion): JourneyTally {
  const event = words.alphabet.indexOf(question.event);
  const { starts, ends } = sliceAtFirst(words, event, question);
  return tallyJourneys({ alphabet: words.alphabet, steps: words.steps, starts, ends }, question);
}

interface Slices {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** The slice of each customer's word around the first `event`; customers without it have none. */
function sliceAtFirst(words: JourneyWords, event: number, { as, steps: limit }: JourneyFrequencyQuestion): Slices {
  const { offsets, steps, customers } = words;
  const starts = new Uint32Array(event < 0 ? 0 : customers);
  const ends = new Uint32Array(starts.length);
  let journeys = 0;
  for (let customer = 0; customer < starts.length; customer++) {
    const from = offsets[customer] as number;
    const to = offsets[customer + 1] as number;
    let at = from;
    while (at < to && steps[at] !== event) at++;
    if (at === to) continue;
    starts[journeys] = as === 'end' ? Math.max(from, at + 1 - limit) : at;
    ends[journeys++] = as === 'end' ? at + 1 : Math.min(to, at + limit);
  }
  return { starts: starts.subarray(0, journeys), ends: ends.subarray(0, journeys) };
}
