import type {
  JourneyComparison,
  JourneyComparisonQuestion,
  JourneyFrequencyAnswer,
  JourneyFrequencyQuestion,
} from '../../schemas/frequency';
import { HubError } from '../errors';
import type { IndexedWords } from '../journeys/step-places';
import { compareJourneys } from './compare-journeys';
import { countPositions } from './count-positions';
import { cutJourneys } from './cut-journeys';
import type { CutJourneys } from './cut';
import { namesOf } from '../journeys/slices';
import { topGroups } from './top-groups';
import { dropOff } from './drop-off';
import { countSteps, durationsOf, meanRepeats } from './journey-details';
import { journeyTree } from './journey-tree';
import { segmentOf } from './segment';
import { stepView } from './step-view';

export type FrequencyAnalysis = Omit<JourneyFrequencyAnswer, 'timings' | 'ignoredRows'>;

/**
 * Answers a frequency question from journey words.
 *
 * @param admitted by customer, 0 for those whose attributes leave them out; everybody is let in when absent
 * @throws HubError `EVENT_UNKNOWN`, `CHANNEL_UNKNOWN`, `CHANNELS_MISSING`, `INPUT_INVALID`, each naming the field
 */
export function analyzeFrequency(
  indexed: IndexedWords,
  question: JourneyFrequencyQuestion,
  admitted?: Uint8Array,
): FrequencyAnalysis {
  const { cut, allCustomers } = cutSegment(indexed, question, admitted);
  const { groups, top } = topGroups(cut, question.top);
  const durations = durationsOf(indexed.words, cut, groups, top);
  const repeats = meanRepeats(cut, groups, top);
  const journeysCounted = cut.starts.length;
  const journeys = top.map((group, rank) => {
    const count = groups.counts[group] as number;
    return {
      steps: namesOf(cut, groups.examples[group] as number),
      count,
      share: count / journeysCounted,
      shareOfAll: count / allCustomers,
      ...(durations[rank] as { medianMs: number; p90Ms: number }),
      ...(repeats[rank] === undefined ? {} : { repeats: repeats[rank] }),
    };
  });
  const positions = countPositions(cut, question.as);
  const tree = question.tree === undefined ? undefined : journeyTree(cut, { as: question.as, tree: question.tree });
  return {
    journeys,
    positions,
    customers: distinctCustomers(cut),
    journeysCounted,
    allCustomers,
    steps: countSteps(cut.alphabet, positions),
    dropOff: dropOff(cut, question.as),
    ...(tree === undefined ? {} : { tree }),
  };
}

/** The journeys of the question's segment, and how many customers are in it. */
export function cutSegment(
  indexed: IndexedWords,
  question: Omit<JourneyFrequencyQuestion, 'tree'>,
  admitted?: Uint8Array,
): { readonly cut: CutJourneys; readonly allCustomers: number } {
  const { words } = indexed;
  const inSegment = segmentOf(indexed, question.segment, admitted);
  const cut = cutJourneys(indexed, stepView(words, question), question, inSegment);
  return { cut, allCustomers: inSegment === undefined ? words.customers : sum(inSegment) };
}

/** Compares the journeys of two sides, each with conditions of its own. Throws as `analyzeFrequency` does. */
export function compareFrequency(
  indexed: IndexedWords,
  question: JourneyComparisonQuestion,
  admitted: { readonly a?: Uint8Array; readonly b?: Uint8Array } = {},
): Omit<JourneyComparison, 'timings'> {
  const { a, b, ...shared } = question;
  const cutA = onSide('a', () => cutSegment(indexed, { ...shared, ...a }, admitted.a));
  const cutB = onSide('b', () => cutSegment(indexed, { ...shared, ...b }, admitted.b));
  const countsOf = ({ cut, allCustomers }: typeof cutA, { name }: { name: string }) => ({
    name,
    customers: distinctCustomers(cut),
    journeysCounted: cut.starts.length,
    allCustomers,
  });
  return { a: countsOf(cutA, a), b: countsOf(cutB, b), ...compareJourneys(cutA.cut, cutB.cut, question.top) };
}

/** Names the side in the fields that belong to one. */
function onSide<T>(side: 'a' | 'b', work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof HubError) || !/^(segment|anchor)\./.test(error.field ?? '')) throw error;
    throw new HubError(error.code, `${side}.${error.message}`, { field: `${side}.${error.field}`, cause: error });
  }
}

/** Journeys come in the order of customers, so equal ones are neighbours. */
function distinctCustomers({ customers }: CutJourneys): number {
  let distinct = 0;
  for (let journey = 0; journey < customers.length; journey++) {
    if (journey === 0 || customers[journey] !== customers[journey - 1]) distinct++;
  }
  return distinct;
}

function sum(flags: Uint8Array): number {
  let total = 0;
  for (let index = 0; index < flags.length; index++) total += flags[index] as number;
  return total;
}
