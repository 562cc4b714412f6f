import type { JourneyWords } from '../journeys/words';
import type { Letters } from '../journeys/slices';
import { LevenshteinPattern, WeightedPattern, type LetterSpan, type Stretch } from './edit-distance';
import { costOf, mostDistance, similarityOf, type StepCosts } from './step-costs';
import type { SimilarSearch } from './find-similar';

/** A customer who was at some point like the journey asked about. */
export interface SimilarStretch {
  readonly customer: number;
  readonly similarity: number;
  /** Where in the words' `steps` the stretch ends: one past its last step. */
  readonly end: number;
}

/**
 * The customers of whose journeys some stretch is similar to a pattern, every one of them, each with the most similar
 * stretch, the earliest of equally similar ones; in the customers' order. Similarity is of the pattern alone: how little
 * of it would have to be changed.
 */
export function findStretches(
  { offsets, steps }: JourneyWords,
  costs: StepCosts,
  { pattern, minSimilarity, asker }: Omit<SimilarSearch, 'limit'>,
): SimilarStretch[] {
  const cost = costOf(costs, pattern);
  const most = mostDistance(cost, minSimilarity);
  const matcher = matcherOf(pattern, costs);
  const nearest: Stretch = { end: 0, distance: 0 };
  const found: SimilarStretch[] = [];
  for (let customer = 0; customer + 1 < offsets.length; customer++) {
    if (customer === asker) continue;
    const start = offsets[customer] as number;
    matcher.nearestStretch({ letters: steps, start, length: (offsets[customer + 1] as number) - start }, most, nearest);
    if (nearest.end === 0) continue;
    found.push({ customer, similarity: similarityOf(nearest.distance, cost), end: start + nearest.end });
  }
  return found;
}

function matcherOf(pattern: Letters, costs: StepCosts): LevenshteinPattern | WeightedPattern {
  const whole: LetterSpan = { letters: pattern, start: 0, length: pattern.length };
  return costs.isUnit ? new LevenshteinPattern(whole, costs.step.length) : new WeightedPattern(whole, costs);
}

/**
 * Where a stretch starts that is known by its end and the start of its journey: as near as it can, and then as late. Where
 * every step is dearer than the whole pattern, nothing is nearer than any of them: the stretch is empty, and starts at its end.
 */
export function startOfStretch(
  steps: Letters,
  { from, end }: { readonly from: number; readonly end: number },
  pattern: Letters,
  costs: StepCosts,
): number {
  const backwards = steps.slice(from, end).reverse();
  const nearest: Stretch = { end: 0, distance: 0 };
  const text = { letters: backwards, start: 0, length: backwards.length };
  matcherOf(pattern.slice().reverse(), costs).nearestPrefix(text, nearest);
  return costOf(costs, pattern) < nearest.distance ? end : end - nearest.end;
}
