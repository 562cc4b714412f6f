import { lastSteps } from '../../../core/journeys/slices';
import type { JourneyWords } from '../../../core/journeys/words';
import { JourneyIndex } from '../../../core/similarity/journey-index';
import type { SimilarityData } from '../../../core/similarity/similar-journeys';
import { withPauses } from '../../../core/similarity/pauses';
import { resolveCosts } from '../../../core/similarity/step-costs';
import { similarityLimits } from '../../../core/similarity/limits';
import type { SimilarJourneysQuestion, StepWeights } from '../../../schemas/similarity';
import { loadKernel } from '../kernels';

/** Indexes kept for questions that look at the same steps with the same weights: one or two hundred MB each at most. */
const KEPT = 2;

/** What of a question decides how journeys are seen. */
type SimilarityView = Pick<SimilarJourneysQuestion, 'steps' | 'weights' | 'pauseDays'>;

/** Indexes of the newest journeys for the search for similar ones, made when first needed. */
export class SimilarityIndexes {
  private journeys: JourneyWords | undefined;
  private pausedWords: { readonly key: string; readonly words: JourneyWords } | undefined;
  /** The one used last comes last. */
  private readonly indexes = new Map<string, JourneyIndex>();
  private readonly kernel = loadKernel('similarity');

  constructor(private readonly weights: StepWeights) {}

  /** What a question needs of journeys. */
  dataFor(journeys: JourneyWords, question: SimilarityView): SimilarityData {
    if (this.journeys !== journeys) this.clear();
    this.journeys = journeys;
    const words = question.pauseDays.length === 0 ? journeys : this.paused(journeys, question.pauseDays);
    const weights = question.weights ?? this.weights;
    const { costs } = resolveCosts(words.alphabet, weights);
    return { words, costs, index: () => this.indexOf(words, question, weights) };
  }

  private clear(): void {
    this.indexes.clear();
    this.pausedWords = undefined;
  }

  /** The words with pauses that were asked for last; they take as much memory as those without. */
  private paused(journeys: JourneyWords, days: readonly number[]): JourneyWords {
    const key = days.join();
    if (this.pausedWords?.key !== key) this.pausedWords = { key, words: withPauses(journeys, days) };
    return this.pausedWords.words;
  }

  private indexOf(words: JourneyWords, { steps, pauseDays }: SimilarityView, weights: StepWeights): JourneyIndex {
    const key = JSON.stringify([steps, pauseDays, weights]);
    const { kernel } = this;
    const options = { weights, longest: similarityLimits.steps, kernel };
    const index = this.indexes.get(key) ?? JourneyIndex.of(lastSteps(words, steps), options);
    this.indexes.delete(key);
    this.indexes.set(key, index);
    for (const oldest of [...this.indexes.keys()].slice(0, -KEPT)) this.indexes.delete(oldest);
    return index;
  }
}
