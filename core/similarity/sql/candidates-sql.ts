import type { Letters } from '../../journeys/slices';
import type { WordDialect } from '../../sql/dialects';
import { double, literal } from '../../sql/quote';
import { costOf, ROUNDING, type StepCosts } from '../step-costs';

/** Characters that mean nothing in SQL, JSON or patterns; the first stands for every letter the pattern has not. */
const CHARACTERS = '_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

export interface CandidateSearch {
  readonly pattern: Letters;
  readonly costs: StepCosts;
  /** How many of everybody's last steps are compared. */
  readonly steps: number;
  readonly minSimilarity: number;
  readonly limit: number;
}

/**
 * A query for the journeys (customer_id; word and times as JSON) that may be similar enough: none that is, is missing, and
 * those that are not are for the caller to leave out.
 *
 * Letters that the pattern has not never fit, and so are one character; letters that cheap exchanges tie together are
 * one, too, and where there are more letters than characters, so are some of them. All this only makes texts more alike,
 * and every edit that is left costs as much as the cheapest step at least: so Levenshtein's distance of the texts bounds
 * the weighted distance of the journeys from below.
 */
export function candidatesSql(
  { pattern, costs, steps, minSimilarity, limit }: CandidateSearch,
  { json, lastAsText, levenshtein }: WordDialect,
): string {
  const characters = charactersOf(pattern, costs);
  const text = Array.from(pattern, (letter) => characters[letter]).join('');
  const cheapest = minOf(costs.step);
  const dearest = maxOf(costs.step);
  // A journey of so many steps costs no more than `dearest` each.
  const cost = `greatest(${double(costOf(costs, pattern))}, ${double(dearest)} * length(text))`;
  const most = `${double(1 - minSimilarity)} * ${cost} + ${double(ROUNDING)}`;
  return `SELECT customer_id, ${json('word')} AS word, ${json('times')} AS times
FROM (SELECT customer_id, word, times, ${lastAsText(characters, steps)} AS text FROM journeys) AS last
WHERE abs(length(text) - ${pattern.length}) * ${double(cheapest)} <= ${most}
  AND ${levenshtein('text', literal(text))} * ${double(cheapest)} <= ${most}
LIMIT ${limit}`;
}

function charactersOf(pattern: Letters, { classes }: StepCosts): string {
  const numbers = new Map<number, number>();
  for (const letter of pattern) {
    const own = classes[letter] as number;
    if (!numbers.has(own)) numbers.set(own, 1 + (numbers.size % (CHARACTERS.length - 1)));
  }
  return Array.from(classes, (own) => CHARACTERS[numbers.get(own) ?? 0]).join('');
}

function minOf(costs: Float64Array): number {
  return costs.reduce((least, cost) => Math.min(least, cost), 1);
}

function maxOf(costs: Float64Array): number {
  return costs.reduce((most, cost) => Math.max(most, cost), 0);
}
