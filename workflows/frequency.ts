import { questions } from './activities';
import type { JourneyFrequencyAnswer, JourneyFrequencyQuestion } from '../schemas/frequency';

/** Answers a question to the journey frequency analyzer. */
export async function journeyFrequency(question: JourneyFrequencyQuestion): Promise<JourneyFrequencyAnswer> {
  return questions.analyzeJourneyFrequency(question);
}
