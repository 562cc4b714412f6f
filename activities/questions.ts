import type { z } from 'zod';
import type { JourneyDesk, JourneyQuestionName, JourneyQuestions } from '../ports/journey-desk';
import {
  journeyComparisonQuestion,
  journeyFrequencyQuestion,
  journeyListQuestion,
  type JourneyComparison,
  type JourneyComparisonInput,
  type JourneyFrequencyAnswer,
  type JourneyFrequencyInput,
  type JourneyList,
  type JourneyListInput,
} from '../schemas/frequency';
import { journeyReportQuestion, type JourneyReport, type JourneyReportInput } from '../schemas/report';
import { similarJourneysQuestion, type SimilarJourneysAnswer, type SimilarJourneysInput } from '../schemas/similarity';
import { cancellation, heartbeat, whileAlive } from './context';

/** A question as a caller puts it: what is left out has its default. */
export interface Asked<Question> {
  readonly question: Question;
  /** The lake's version to answer from; the newest by default. */
  readonly lakeVersion?: number;
}

/** Questions about the journeys. Bad input is a ZodError or a HubError that names the field. */
export function createQuestionActivities({ desk }: { desk: JourneyDesk }) {
  const ask = <Name extends JourneyQuestionName>(
    name: Name,
    schema: z.ZodType<JourneyQuestions[Name]['question']>,
    { question, lakeVersion }: Asked<unknown>,
  ): Promise<JourneyQuestions[Name]['answer']> =>
    whileAlive({ stage: 'journeys', unit: 'steps', done: 0 }, async () =>
      desk.ask(name, schema.parse(question, { reportInput: true }), {
        lakeVersion,
        signal: cancellation(),
        onProgress: (done) => heartbeat({ stage: 'journeys', unit: 'steps', done }),
      }),
    );
  return {
    async analyzeJourneyFrequency(asked: Asked<JourneyFrequencyInput>): Promise<JourneyFrequencyAnswer> {
      return ask('frequency', journeyFrequencyQuestion, asked);
    },

    /** What two sides do differently. */
    async compareJourneyFrequency(asked: Asked<JourneyComparisonInput>): Promise<JourneyComparison> {
      return ask('comparison', journeyComparisonQuestion, asked);
    },

    /** The journeys behind one number of an answer, a page at a time. */
    async listJourneys(asked: Asked<JourneyListInput>): Promise<JourneyList> {
      return ask('list', journeyListQuestion, asked);
    },

    /** Who goes, or once went, the same way. */
    async findSimilarJourneys(asked: Asked<SimilarJourneysInput>): Promise<SimilarJourneysAnswer> {
      return ask('similar', similarJourneysQuestion, asked);
    },

    /** All that the hub knows of one customer's journey. */
    async reportJourney(asked: Asked<JourneyReportInput>): Promise<JourneyReport> {
      return ask('report', journeyReportQuestion, asked);
    },
  };
}
