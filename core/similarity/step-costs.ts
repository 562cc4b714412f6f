import type { StepWeights } from '../../schemas/similarity';
import type { Letters } from '../journeys/slices';

/** Sums of costs, and products with similarities, are not exact in binary: differences below this are none. */
export const ROUNDING = 1e-9;
const EXACT = 1e9;

/** What edits of journeys cost, by letter. */
export interface StepCosts {
  /** Leaving a letter out, or putting it in. */
  readonly step: Float64Array;
  /** Letters named in pairs are numbered from 1; 0 is every other letter. */
  readonly paired: Uint16Array;
  /** What exchanging two numbered letters costs: `exchange[a * size + b]`, where `size` is one more than there are. */
  readonly exchange: Float64Array;
  readonly size: number;
  /** Letters that cheap exchanges tie together share a class; others are alone in theirs. */
  readonly classes: Uint16Array;
  /** The least that leaving out a letter of a class costs, by class. */
  readonly least: Float64Array;
  /** Whether every edit costs 1: then the distance is Levenshtein's. */
  readonly isUnit: boolean;
}

export interface ResolvedCosts {
  readonly costs: StepCosts;
  /** Steps that the weights name and no journey has. */
  readonly unknown: readonly string[];
}

/**
 * The costs of edits over an alphabet. Exchanging two letters costs the greater of their own costs, unless a pair says
 * less; a pair never makes it dearer.
 */
export function resolveCosts(alphabet: readonly string[], weights: StepWeights): ResolvedCosts {
  const letters = new Map(alphabet.map((step, letter) => [step, letter]));
  const named = [...Object.keys(weights.steps), ...weights.pairs.flatMap(({ steps }) => steps)];
  const unknown = [...new Set(named)].filter((step) => !letters.has(step));
  const step = Float64Array.from(alphabet, (name) => (Object.hasOwn(weights.steps, name) ? weights.steps[name]! : 1));
  const pairs = weights.pairs
    .map(({ steps: [a, b], cost }) => ({ a: letters.get(a) ?? -1, b: letters.get(b) ?? -1, cost }))
    .filter(({ a, b, cost }) => a >= 0 && b >= 0 && a !== b && cost < Math.max(step[a] as number, step[b] as number));
  const classes = classesOf(alphabet.length, pairs);
  const least = new Float64Array(alphabet.length).fill(1);
  step.forEach((cost, letter) => {
    const own = classes[letter] as number;
    least[own] = Math.min(least[own] as number, cost);
  });
  const isUnit = pairs.length === 0 && step.every((cost) => cost === 1);
  return { costs: { step, ...exchangeTable(step, pairs), classes, least, isUnit }, unknown };
}

/** What exchanging two letters costs. */
export function exchangeCost({ step, paired, exchange, size }: StepCosts, a: number, b: number): number {
  if (a === b) return 0;
  const first = paired[a] as number;
  const second = paired[b] as number;
  return first > 0 && second > 0
    ? (exchange[first * size + second] as number)
    : Math.max(step[a] as number, step[b] as number);
}

/** The sum of what a journey's steps cost: by it distances become similarities. */
export function costOf({ step }: StepCosts, letters: Letters, start = 0, end = letters.length): number {
  let cost = 0;
  for (let index = start; index < end; index++) cost += step[letters[index] as number] as number;
  return cost;
}

/** The greatest distance of journeys that are similar enough, the dearer of which costs so much. */
export function mostDistance(cost: number, minSimilarity: number): number {
  return cost * (1 - minSimilarity) + ROUNDING;
}

/** 1 for equal journeys, 0 where all that the dearer one costs would have to be changed; without what is only rounding. */
export function similarityOf(distance: number, cost: number): number {
  return cost === 0 ? 1 : Math.max(0, exact(cost - distance) / exact(cost));
}

/** Sums of the same costs in another order are the same number again. */
function exact(cost: number): number {
  return Math.round(cost * EXACT) / EXACT;
}

interface LetterPair {
  readonly a: number;
  readonly b: number;
  readonly cost: number;
}

function classesOf(alphabetSize: number, pairs: readonly LetterPair[]): Uint16Array {
  const classes = Uint16Array.from({ length: alphabetSize }, (_, letter) => letter);
  for (const { a, b } of pairs) {
    const kept = classes[a] as number;
    const merged = classes[b] as number;
    for (let letter = 0; letter < alphabetSize; letter++) if (classes[letter] === merged) classes[letter] = kept;
  }
  return classes;
}

function exchangeTable(
  step: Float64Array,
  pairs: readonly LetterPair[],
): Pick<StepCosts, 'paired' | 'exchange' | 'size'> {
  const letters = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const paired = new Uint16Array(step.length);
  letters.forEach((letter, index) => (paired[letter] = index + 1));
  const size = letters.length + 1;
  const exchange = new Float64Array(size * size);
  for (const a of letters) {
    for (const b of letters) {
      exchange[(paired[a] as number) * size + (paired[b] as number)] =
        a === b ? 0 : Math.max(step[a] as number, step[b] as number);
    }
  }
  for (const { a, b, cost } of pairs) {
    for (const place of [
      (paired[a] as number) * size + (paired[b] as number),
      (paired[b] as number) * size + (paired[a] as number),
    ]) {
      exchange[place] = Math.min(exchange[place] as number, cost);
    }
  }
  return { paired, exchange, size };
}
