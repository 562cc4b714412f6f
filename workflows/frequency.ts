import { questions } from './activities';
import type { JourneyFrequencyRequest } from '../activities/frequency';
import type { JourneyFrequencyAnswer } from '../schemas/frequency';

/** Answers a question to the journey frequency analyzer, about the newest journeys unless a lake version is named. */
export async function journeyFrequency(request: JourneyFrequencyRequest): Promise<JourneyFrequencyAnswer> {
  return questions.analyzeJourneyFrequency(request);
}
