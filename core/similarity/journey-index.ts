import type { JourneySlices } from '../journeys/slices';
import type { StepWeights } from '../../schemas/similarity';
import { findSimilar, type SimilarJourneys, type SimilarSearch } from './find-similar';
import { SimilarityMemory } from './kernel-scanner';
import { PlainScanner, type WordScanner } from './scan-words';
import { resolveCosts } from './step-costs';
import { indexWordsOf, type WordIndex } from './word-index';

export interface JourneyIndexOptions {
  readonly weights: StepWeights;
  /** The most steps a journey that is asked about has. */
  readonly longest: number;
  /** kernels/similarity.ts, compiled; plain JavaScript where it is missing. */
  readonly kernel?: WebAssembly.Module | undefined;
}

/** Journeys, ready to be asked for those similar to one. */
export class JourneyIndex {
  private constructor(
    readonly words: WordIndex,
    private readonly scanner: WordScanner,
    /** Steps that the weights name and no journey has. */
    readonly unknownSteps: readonly string[],
  ) {}

  static of(slices: JourneySlices, { weights, longest, kernel }: JourneyIndexOptions): JourneyIndex {
    const { costs, unknown } = resolveCosts(slices.alphabet, weights);
    if (kernel === undefined) {
      const words = indexWordsOf(slices, costs);
      return new JourneyIndex(words, new PlainScanner(words), unknown);
    }
    const memory = new SimilarityMemory(kernel, costs, longest);
    const words = indexWordsOf(slices, costs, memory.allocate);
    return new JourneyIndex(words, memory.scanner(words), unknown);
  }

  /** Every journey that is similar enough; see `findSimilar`. */
  find(search: SimilarSearch): SimilarJourneys {
    return findSimilar(this.words, this.scanner, search);
  }
}
