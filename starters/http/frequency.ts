import {
  journeyComparison,
  journeyComparisonQuestion,
  journeyFrequencyAnswer,
  journeyFrequencyQuestion,
  journeyList,
  journeyListQuestion,
} from '../../schemas/frequency';
import type { HubApi } from './hub-api';
import { registerReport } from './report-routes';

/** The journey frequency analyzer: which journeys lead to an event, or away from it, and whose they are. */
export function registerFrequency(api: HubApi): void {
  registerReport(api, {
    kind: 'journey-frequency',
    workflow: 'journeyFrequency',
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
    tags: ['journeys'],
    summary: 'What two segments of customers, or two periods, do differently',
    description: 'Each side has its customers and its conditions on the event of interest; all else is shared.',
    question: journeyComparisonQuestion,
    answer: journeyComparison,
  });
  registerReport(api, {
    kind: 'journey-list',
    workflow: 'journeyList',
    tags: ['journeys'],
    summary: 'The journeys behind one number of a frequency answer, page by page',
    description: 'The same question, and in `of` which number. `total` is that number.',
    question: journeyListQuestion,
    answer: journeyList,
  });
}
