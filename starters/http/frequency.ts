import {
  journeyComparison,
  journeyComparisonQuestion,
  journeyFrequencyAnswer,
  journeyFrequencyQuestion,
  journeyList,
  journeyListQuestion,
} from '../../schemas/frequency';
import { stepTypesAnswer } from '../../schemas/step-types';
import type { HubApi } from './hub-api';
import { waitMsOf } from './prefer';
import { problem, registerReport, runningReport, sendState, waitHeaders } from './report-routes';
import { askReport } from './reports';

/** The journey frequency analyzer: which journeys lead to an event, or away from it, and whose they are. */
export function registerFrequency(api: HubApi): void {
  registerReport(api, {
    kind: 'journey-frequency',
    workflow: 'journeyFrequency',
    needs: 'answers:read',
    tags: ['journeys'],
    summary: 'The most frequent journeys that end with an event, or start from it',
    description:
      'A journey is the up to `steps` steps up to and including an event of interest, or from it on: by default the first one of each customer.',
    question: journeyFrequencyQuestion,
    answer: journeyFrequencyAnswer,
  });
  registerReport(api, {
    kind: 'journey-comparison',
    workflow: 'journeyComparison',
    needs: 'answers:read',
    tags: ['journeys'],
    summary: 'What two segments of customers, or two periods, do differently',
    description: 'Each side has its customers and its conditions on the event of interest; all else is shared.',
    question: journeyComparisonQuestion,
    answer: journeyComparison,
  });
  registerReport(api, {
    kind: 'journey-list',
    workflow: 'journeyList',
    needs: 'customers:read',
    tags: ['journeys'],
    summary: 'The journeys behind one number of a frequency answer, page by page',
    description: 'The same question, and in `of` which number. `total` is that number.',
    question: journeyListQuestion,
    answer: journeyList,
  });
  registerStepTypes(api);
}

const STEPS = '/v1/steps';

function registerStepTypes({ app, client, versions }: HubApi): void {
  app.get(
    STEPS,
    {
      config: { needs: 'answers:read' },
      schema: {
        summary: 'What journeys are made of: every step type, how often it happened, and on which channels',
        tags: ['journeys'],
        headers: waitHeaders,
        response: { 200: stepTypesAnswer, 202: runningReport, default: problem },
      },
    },
    async ({ headers: { prefer } }, reply) => {
      const lakeVersion = await versions.version();
      const dataRevision = await versions.tableRevision('events', lakeVersion);
      const request = { workflow: 'stepTypes', kind: 'step-types', question: {}, dataRevision, lakeVersion };
      return sendState(reply, STEPS, await askReport<object>(client, request, waitMsOf(prefer)));
    },
  );
}
