import { didYouMean } from '../../../core/text/closest-name';
import { tallyJourneys } from '../../../core/frequency/tally-journeys';
import type { JourneyFrequencyAnswer, JourneyCut } from '../../../schemas/frequency';
import { ignoredWarning, withEvents, type EventsSource } from '../events/with-events';
import { cutJourneys } from './cut-journeys';

export interface FileQuestion extends JourneyCut, EventsSource {}

export interface FileAnswer {
  readonly answer: JourneyFrequencyAnswer;
  /** What the asker should know about the answer, one line each. */
  readonly warnings: readonly string[];
}

/**
 * Answers a frequency question from a file alone, without any engine or lake.
 *
 * @throws HubError those of `withEvents`
 */
export function analyzeFile(question: FileQuestion): Promise<FileAnswer> {
  return withEvents(question, async ({ connection, events, clock }) => {
    const slices = await cutJourneys(connection, events, question);
    clock.finish('journeys');
    const tally = tallyJourneys(slices, question);
    clock.finish('count');
    return {
      answer: { ...tally, ignoredRows: events.ignoredRows, timings: clock.timings() },
      warnings: [...ignoredWarning(question, events), ...neverWarning(question, events.alphabet)],
    };
  });
}

function neverWarning({ file, event }: FileQuestion, alphabet: readonly string[]): string[] {
  if (alphabet.includes(event)) return [];
  return [`the event "${event}" never occurs in ${file}${didYouMean(event, alphabet)}`];
}
