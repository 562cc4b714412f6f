import { lastSteps } from '../../../core/journeys/slices';
import type { JourneyWords } from '../../../core/journeys/words';
import { JourneyIndex } from '../../../core/similarity/journey-index';
import type { SimilarityData } from '../../../core/similarity/similar-journeys';
import { resolveCosts } from '../../../core/similarity/step-costs';
import { similarityLimits } from '../../../core/similarity/limits';
import type { SimilarJourneysQuestion, StepWeights } from '../../../schemas/similarity';
import { loadKernel } from '../kernels';

/** Indexes kept for questions that look at the same steps with the same weights: one or two hundred MB each at most. */
const KEPT = 2;

/** Indexes of the newest journeys for the search for similar ones, made when first needed. */
export class SimilarityIndexes {
  private words: JourneyWords | undefined;
  /** The one used last comes last. */
  private readonly indexes = new Map<string, JourneyIndex>();
  private readonly kernel = loadKernel('similarity');

  constructor(private readonly weights: StepWeights) {}

  /** What a question needs of journeys. */
  dataFor(words: JourneyWords, question: Pick<SimilarJourneysQuestion, 'steps' | 'weights'>): SimilarityData {
    const weights = question.weights ?? this.weights;
    const { costs } = resolveCosts(words.alphabet, weights);
    return { words, costs, index: () => this.indexOf(words, question.steps, weights) };
  }

  private indexOf(words: JourneyWords, steps: number, weights: StepWeights): JourneyIndex {
    if (this.words !== words) this.indexes.clear();
    this.words = words;
    const key = JSON.stringify([steps, weights]);
    const { kernel } = this;
    const options = { weights, longest: similarityLimits.steps, kernel };
    const index = this.indexes.get(key) ?? JourneyIndex.of(lastSteps(words, steps), options);
    this.indexes.delete(key);
    this.indexes.set(key, index);
    for (const oldest of [...this.indexes.keys()].slice(0, -KEPT)) this.indexes.delete(oldest);
    return index;
  }
}
