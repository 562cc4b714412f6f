import type { CandidatePairs } from '../blocking/candidate-pairs';
import type { ComparisonVectors } from '../comparison/comparison-vectors';
import { randomNumbers } from '../../statistics/random-numbers';

/** Log2 odds within which a model is in doubt: beyond, a question is asked half as often for every so many more, nearly. */
const DOUBT = 4;

/** The pairs that may be asked about, and what a model says of them. */
export interface AskablePairs {
  readonly pairs: CandidatePairs;
  readonly vectors: ComparisonVectors;
  /** By vector, the log2 odds that it is one person. */
  readonly weights: Float64Array;
  /** Whether a pair was asked about before. */
  readonly isAsked: (a: number, b: number) => boolean;
}

/**
 * Chooses the pairs of which a label teaches most: where the model is in doubt (uncertainty sampling: Lewis and Gale 1994), of
 * different outcomes of comparing, and of those that many pairs have sooner. They are drawn by these weights, not taken
 * from the top: so what the model is wrongly sure of is asked about, too. Which pairs are drawn depends on how they
 * compare alone, and so does what is learned from the answers.
 *
 * @param count how many at most; there are no more than different outcomes
 * @returns places among the pairs, what teaches most first
 */
export function chooseQuestions(askable: AskablePairs, count: number, seed: number): number[] {
  const { vectors, weights } = askable;
  const random = randomNumbers(seed);
  const drawn = onePairEach(askable, random);
  const candidates = [...drawn.keys()].filter((vector) => drawn[vector]! >= 0);
  const keyed = candidates.map((vector) => {
    const worth = Math.sqrt(vectors.counts[vector]!) * Math.exp(-Math.abs(weights[vector]!) / DOUBT);
    // Drawing by weights without putting back (Efraimidis and Spirakis 2006).
    return { vector, key: -Math.log(1 - random()) / worth };
  });
  keyed.sort((one, other) => one.key - other.key);
  return keyed.slice(0, count).map(({ vector }) => drawn[vector] as number);
}

/** By vector, one of its pairs that was not asked about, each as likely (reservoir sampling: Vitter 1985); -1 for none. */
function onePairEach({ pairs, vectors, isAsked }: AskablePairs, random: () => number): Int32Array {
  const drawn = new Int32Array(vectors.size).fill(-1);
  const met = new Uint32Array(vectors.size);
  for (let pair = 0; pair < pairs.size; pair++) {
    const vector = vectors.of[pair] as number;
    const isDrawn = random() * ((met[vector] as number) + 1) < 1;
    if (isDrawn && isAsked(pairs.a[pair] as number, pairs.b[pair] as number)) continue;
    met[vector]!++;
    if (isDrawn) drawn[vector] = pair;
  }
  return drawn;
}
