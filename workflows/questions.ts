import { questions, quick } from './activities';
import type { Asked } from '../activities/questions';
import type {
  JourneyComparison,
  JourneyComparisonInput,
  JourneyFrequencyAnswer,
  JourneyFrequencyInput,
  JourneyList,
  JourneyListInput,
} from '../schemas/frequency';
import type { JourneyReport, JourneyReportInput } from '../schemas/report';
import type { StepTypesAnswer } from '../schemas/step-types';
import type { SimilarJourneysAnswer, SimilarJourneysInput } from '../schemas/similarity';

/** Answers a question to the journey frequency analyzer, about the newest journeys unless a lake version is named. */
export async function journeyFrequency(asked: Asked<JourneyFrequencyInput>): Promise<JourneyFrequencyAnswer> {
  return questions.analyzeJourneyFrequency(asked);
}

/** Compares the journeys of two segments or periods. */
export async function journeyComparison(asked: Asked<JourneyComparisonInput>): Promise<JourneyComparison> {
  return questions.compareJourneyFrequency(asked);
}

/** Lists the journeys behind one number of such an answer. */
export async function journeyList(asked: Asked<JourneyListInput>): Promise<JourneyList> {
  return questions.listJourneys(asked);
}

/** Finds the customers whose journeys are similar to one, or once were. */
export async function similarJourneys(asked: Asked<SimilarJourneysInput>): Promise<SimilarJourneysAnswer> {
  return questions.findSimilarJourneys(asked);
}

/** Reports on one customer's journey: who it is, the timeline, who is similar, and what followed for others. */
export async function journeyReport(asked: Asked<JourneyReportInput>): Promise<JourneyReport> {
  return questions.reportJourney(asked);
}

/** Lists what journeys are made of. */
export async function stepTypes(asked: Asked<object>): Promise<StepTypesAnswer> {
  return quick.listStepTypes(asked);
}
