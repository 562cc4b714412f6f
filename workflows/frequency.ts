import { questions } from './activities';
import type { JourneyComparisonRequest, JourneyFrequencyRequest, JourneyListRequest } from '../activities/frequency';
import type { JourneyComparison, JourneyFrequencyAnswer, JourneyList } from '../schemas/frequency';

/** Answers a question to the journey frequency analyzer, about the newest journeys unless a lake version is named. */
export async function journeyFrequency(request: JourneyFrequencyRequest): Promise<JourneyFrequencyAnswer> {
  return questions.analyzeJourneyFrequency(request);
}

/** Compares the journeys of two segments or periods. */
export async function journeyComparison(request: JourneyComparisonRequest): Promise<JourneyComparison> {
  return questions.compareJourneyFrequency(request);
}

/** Lists the journeys behind one number of such an answer. */
export async function journeyList(request: JourneyListRequest): Promise<JourneyList> {
  return questions.listJourneys(request);
}
