import { HubError } from '../../../core/errors';
import { lastSteps } from '../../../core/journeys/slices';
import { JourneyIndex } from '../../../core/similarity/journey-index';
import type { SimilarInFile, StepWeights } from '../../../schemas/similarity';
import { ignoredWarning, withEvents, type EventsSource } from '../events/with-events';
import { wordsOfFile, type FileWords } from '../events/words-of-file';
import { loadKernel } from '../kernels';

export interface SimilarInFileQuestion extends EventsSource {
  /** Ids of the customers asked about. */
  readonly customers: readonly string[];
  /** How many of each customer's last steps are compared. */
  readonly steps: number;
  readonly minSimilarity: number;
  /** How many matches to list; all are counted. */
  readonly limit: number;
  readonly weights: StepWeights;
}

export interface SimilarInFileAnswer {
  readonly answer: SimilarInFile;
  /** What the asker should know about the answer, one line each. */
  readonly warnings: readonly string[];
}

/**
 * Answers from a file alone which customers' journeys are similar to those of some.
 *
 * @throws HubError `CUSTOMER_UNKNOWN`, and those of `withEvents`
 */
export function similarInFile(question: SimilarInFileQuestion): Promise<SimilarInFileAnswer> {
  return withEvents(question, async ({ connection, events, clock }) => {
    const words = await wordsOfFile(connection, events);
    clock.finish('words');
    const askers = question.customers.map((id) => customerOf(words, id, question.file));
    const slices = lastSteps(words, question.steps);
    const { steps: longest, weights } = question;
    const index = JourneyIndex.of(slices, { weights, longest, kernel: loadKernel('similarity') });
    clock.finish('indexMs');
    const times: number[] = [];
    const results = askers.map((asker) => {
      const started = performance.now();
      const pattern = slices.steps.subarray(slices.starts[asker], slices.ends[asker]);
      const { count, top } = index.find({ ...question, pattern, asker });
      times.push(performance.now() - started);
      const matches = top.map(({ journey, similarity }) => ({ customer: words.ids.at(journey), similarity }));
      return { customer: words.ids.at(asker), count, matches };
    });
    clock.finish('queries');
    return {
      answer: {
        results,
        customers: words.ids.size,
        ignoredRows: events.ignoredRows,
        timings: { ...clock.timings(), perQueryMs: meanAndP95(times) },
      },
      warnings: [...ignoredWarning(question, events), ...unknownWarning(question, index.unknownSteps)],
    };
  });
}

function customerOf({ ids }: FileWords, id: string, file: string): number {
  const customer = ids.indexOf(id);
  if (customer >= 0) return customer;
  throw new HubError(
    'CUSTOMER_UNKNOWN',
    `there is no customer "${id}" in ${file}; check --customers and --customer-col`,
    {
      field: 'customers',
    },
  );
}

function unknownWarning({ file }: SimilarInFileQuestion, steps: readonly string[]): string[] {
  return steps.length === 0 ? [] : [`the weights name steps that never occur in ${file}: ${steps.join(', ')}`];
}

function meanAndP95(times: readonly number[]): { mean: number; p95: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const rounded = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;
  return { mean: rounded(mean), p95: rounded(sorted[Math.ceil(times.length * 0.95) - 1] as number) };
}
