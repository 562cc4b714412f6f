import type { z } from 'zod';
import { HubError } from '../core/errors';
import { pageBeside, recentStepsSql, withRecentSteps, type TimelineStep } from '../core/journeys/recent-steps';
import type { JourneyDesk, JourneyQuestionName, JourneyQuestions } from '../ports/journey-desk';
import type { Lake, ReadOptions } from '../ports/lake';
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
import {
  journeyReportQuestion,
  type JourneyReport,
  type JourneyReportInput,
  type JourneyReportQuestion,
} from '../schemas/report';
import { similarJourneysQuestion, type SimilarJourneysAnswer, type SimilarJourneysInput } from '../schemas/similarity';
import { cancellation } from './context';
import { pendingBatches } from './pending-batches';

/** A question as a caller puts it: what is left out has its default. */
export interface Asked<Question> {
  readonly question: Question;
  /** The lake's version to answer from; the newest by default. */
  readonly lakeVersion?: number;
}

/** What a workflow can hand over is 2 MB; some of it is for what is around the answer. */
const MOST_CHARACTERS = 1_500_000;

/** What makes an answer smaller. */
const SIZE_FIELDS: Readonly<Record<JourneyQuestionName, string>> = {
  frequency: 'top',
  comparison: 'top',
  list: 'limit',
  similar: 'limit',
  report: 'limit',
};

export interface QuestionDependencies {
  readonly desk: JourneyDesk;
  readonly lake: Lake;
}

/** Questions about the journeys. Bad input is a ZodError or a HubError that names the field. */
export function createQuestionActivities({ desk, lake }: QuestionDependencies) {
  const ask = async <Name extends JourneyQuestionName>(
    name: Name,
    schema: z.ZodType<JourneyQuestions[Name]['question']>,
    { question, lakeVersion }: Asked<unknown>,
  ): Promise<JourneyQuestions[Name]['answer']> => {
    const parsed = schema.parse(question, { reportInput: true });
    const answer = await desk.ask(name, parsed, { lakeVersion, signal: cancellation() });
    refuseTooLarge(name, answer);
    return answer;
  };
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

    /** All that the hub knows of one customer's journey, with what came since the journeys were made. */
    async reportJourney(asked: Asked<JourneyReportInput>): Promise<JourneyReport> {
      const question = journeyReportQuestion.parse(asked.question, { reportInput: true });
      const version = asked.lakeVersion ?? (await lake.version());
      const recent = await recentSteps(lake, question, { version, signal: cancellation() });
      const page = pageBeside(question, recent.length);
      const report = await desk.ask(
        'report',
        { ...question, ...page },
        { lakeVersion: version, signal: cancellation() },
      );
      const whole = { ...report, timeline: withRecentSteps(report.timeline, recent, question) };
      refuseTooLarge('report', whole);
      return whole;
    },
  };
}

function refuseTooLarge(name: JourneyQuestionName, answer: object): void {
  const { length } = JSON.stringify(answer);
  if (length <= MOST_CHARACTERS) return;
  const field = SIZE_FIELDS[name];
  const megabytes = (length / 1e6).toFixed(1);
  throw new HubError(
    'QUESTION_TOO_LARGE',
    `${field}: the answer has ${megabytes} MB, and ${MOST_CHARACTERS / 1e6} MB are the most that one may have; ask for less at a time`,
    { field },
  );
}

/** What a customer did of which the journeys do not tell yet, the newest first; nothing of one whom nobody knows. */
async function recentSteps(
  lake: Lake,
  { customer, profile }: JourneyReportQuestion,
  read: ReadOptions,
): Promise<TimelineStep[]> {
  const { landed } = await pendingBatches(lake, 'journeys', read);
  if (landed.length === 0) return [];
  const by = profile === undefined ? ({ customer: customer! } as const) : profile;
  const sql = recentStepsSql(profile === undefined ? 'customer' : 'profile', landed, lake.dialect);
  const rows = await lake.rows<{ step: string; channel: string; at_ms: number }>(sql, {
    ...read,
    parameters: { ...by },
  });
  return rows.map(({ step, channel, at_ms }) => ({ step, channel, at: new Date(at_ms).toISOString() }));
}
