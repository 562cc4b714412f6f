import { HubError } from '../core/errors';
import { didYouMean } from '../core/frequency/closest-name';
import { countJourneys } from '../core/frequency/count-journeys';
import type { Lake } from '../ports/lake';
import {
  journeyFrequencyQuestion,
  type JourneyFrequencyAnswer,
  type JourneyFrequencyQuestion,
} from '../schemas/frequency';
import { cancellation, heartbeat } from './context';
import { JourneyWordsCache } from './journey-words';

export interface JourneyFrequencyRequest {
  readonly question: JourneyFrequencyQuestion;
  /** The lake's version to answer from; the newest by default. */
  readonly lakeVersion?: number;
}

export function createFrequencyActivities({ lake }: { lake: Lake }) {
  const cache = new JourneyWordsCache(lake);
  return {
    /**
     * Answers from the journey words, which stay in memory while the journeys are the same.
     *
     * @throws ZodError naming the field, HubError EVENT_UNKNOWN
     */
    async analyzeJourneyFrequency(request: JourneyFrequencyRequest): Promise<JourneyFrequencyAnswer> {
      const question = journeyFrequencyQuestion.parse(request.question, { reportInput: true });
      const start = performance.now();
      const progress = { stage: 'journeys', unit: 'steps' } as const;
      const words = await cache.at(request.lakeVersion, {
        signal: cancellation(),
        onProgress: (done) => heartbeat({ ...progress, done }),
      });
      if (!words.alphabet.includes(question.event)) {
        const hint = didYouMean(question.event, words.alphabet);
        const message = `event: no customer ever had "${question.event}"${hint}`;
        throw new HubError('EVENT_UNKNOWN', message, { field: 'event' });
      }
      const loaded = performance.now();
      const answer = countJourneys(words, question);
      return { ...answer, timings: { loadMs: loaded - start, countMs: performance.now() - loaded } };
    },
  };
}
