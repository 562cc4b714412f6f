import type {
  JourneyComparison,
  JourneyComparisonQuestion,
  JourneyFrequencyAnswer,
  JourneyFrequencyQuestion,
  JourneyList,
  JourneyListQuestion,
} from '../schemas/frequency';
import type { JourneyReport, JourneyReportQuestion } from '../schemas/report';
import type { SimilarJourneysAnswer, SimilarJourneysQuestion } from '../schemas/similarity';

/** What can be asked, by name: the question with every default filled in, and its answer. */
export interface JourneyQuestions {
  readonly frequency: { readonly question: JourneyFrequencyQuestion; readonly answer: JourneyFrequencyAnswer };
  readonly comparison: { readonly question: JourneyComparisonQuestion; readonly answer: JourneyComparison };
  readonly list: { readonly question: JourneyListQuestion; readonly answer: JourneyList };
  readonly report: { readonly question: JourneyReportQuestion; readonly answer: JourneyReport };
  readonly similar: { readonly question: SimilarJourneysQuestion; readonly answer: SimilarJourneysAnswer };
}

export type JourneyQuestionName = keyof JourneyQuestions;

export interface AskOptions {
  /** The lake's version to answer from; the newest by default. */
  readonly lakeVersion?: number | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Answers questions about the journeys in the lake.
 *
 * Errors: `EVENT_UNKNOWN`, `CHANNEL_UNKNOWN`, `ATTRIBUTE_UNKNOWN`, `CUSTOMER_UNKNOWN`, `INPUT_INVALID` and
 * `QUESTION_TOO_LARGE`, each naming the field; `JOURNEYS_TOO_LARGE` when they do not fit in memory; `CANCELLED`.
 */
export interface JourneyDesk {
  ask<Name extends JourneyQuestionName>(
    name: Name,
    question: JourneyQuestions[Name]['question'],
    options?: AskOptions,
  ): Promise<JourneyQuestions[Name]['answer']>;
  close(): Promise<void>;
}
