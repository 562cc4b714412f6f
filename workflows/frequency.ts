import { questions } from './activities';
import type { JourneyFrequencyRequest, JourneyListRequest } from '../activities/frequency';
import type { JourneyFrequencyAnswer, JourneyList } from '../schemas/frequency';

/** Answers a question to the journey frequency analyzer, about the newest journeys unless a lake version is named. */
export async function journeyFrequency(request: JourneyFrequencyRequest): Promise<JourneyFrequencyAnswer> {
  return questions.analyzeJourneyFrequency(request);
}

/** Lists the journeys behind one number of such an answer. */
export async function journeyList(request: JourneyListRequest): Promise<JourneyList> {
  return questions.listJourneys(request);
}
