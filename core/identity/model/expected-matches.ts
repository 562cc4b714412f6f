import type { Learning } from '../link';
import { vectorWeights } from '../clustering/link-records';
import { probabilityOf } from './match-model';

/** How many of the pairs that were compared are one person, by the model: the sum of their probabilities. */
export function expectedMatches({ vectors, model }: Pick<Learning, 'vectors' | 'model'>): number {
  const weights = vectorWeights(vectors, model);
  return weights.reduce((sum, weight, vector) => sum + vectors.counts[vector]! * probabilityOf(weight), 0);
}
