import { levelNames } from '../comparison/agreement-levels';
import { probabilityOf, type MatchModel, type PairTerm } from './match-model';

/** What one comparison says. */
export interface ComparisonEvidence {
  readonly field: string;
  /** The level of agreement, by its name. */
  readonly level: string;
  /** Bits that the comparison adds to the log2 odds; nothing where a value is missing. */
  readonly weight: number;
  /** How often matches agree like this where both values are there, and how often two records at random do. */
  readonly amongMatches: number;
  readonly byChance: number;
}

/** A waterfall: the prior and the weights of all comparisons sum to the weight. */
export interface PairExplanation {
  /** Log2 odds of two records of which nothing is known but which of their values are missing. */
  readonly prior: number;
  /** The most telling first. */
  readonly comparisons: readonly ComparisonEvidence[];
  /** Log2 odds. */
  readonly weight: number;
  readonly probability: number;
}

/**
 * Why two records are one person, or not. With several classes of pairs the comparisons lean on one another: a shared
 * address says much by itself, and little beside a shared phone. So each gets its Shapley value (Shapley 1953; for
 * explanations of models Lundberg and Lee 2017): what it adds on average over all orders in which the comparisons could
 * be taken into account. These sum exactly to what all of them add to the prior.
 *
 * @param levels as `compareRecords` writes them
 */
export function explainPair(model: MatchModel, levels: Uint8Array): PairExplanation {
  const { match } = model.classes;
  const present = [...levels.keys()].filter((field) => levels[field] !== 0);
  const odds = oddsOfSubsets(model.termsOf(levels), present);
  const added = shapleyValues(odds, present.length);
  const comparisons = model.fields.map((own, field) => {
    const level = levels[field] as number;
    return {
      field: own.column,
      level: levelNames(own)[level] as string,
      weight: level === 0 ? 0 : (added[present.indexOf(field)] as number),
      amongMatches: shareOf(match.levels[field]!, level),
      byChance: model.chance.levels[field]![level] as number,
    };
  });
  const weight = odds[odds.length - 1] as number;
  return {
    prior: odds[0] as number,
    comparisons: comparisons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    weight,
    probability: probabilityOf(weight),
  };
}

/** Of pairs with both values: labels may have made the shares sum to something else than 1. */
function shareOf(shares: Float64Array, level: number): number {
  if (level === 0) return 1;
  return (shares[level] as number) / shares.subarray(1).reduce((sum, share) => sum + share, 0);
}

/** By set of comparisons (a bit each): the log2 odds if no others were known. */
function oddsOfSubsets(terms: readonly PairTerm[], present: readonly number[]): Float64Array {
  const sets = 2 ** present.length;
  const matches = new Float64Array(sets);
  const others = new Float64Array(sets);
  const products = new Float64Array(sets);
  for (const { isMatch, pairs, shares } of terms) {
    const sums = isMatch ? matches : others;
    products[0] = pairs;
    sums[0]! += pairs;
    for (let set = 1; set < sets; set++) {
      const lowest = 31 - Math.clz32(set & -set);
      products[set] = (products[set & (set - 1)] as number) * (shares[present[lowest] as number] as number);
      sums[set]! += products[set] as number;
    }
  }
  return matches.map((pairs, set) => Math.log2(pairs / (others[set] as number)));
}

/** By player: what it adds to the values of sets, on average over all orders. */
function shapleyValues(values: Float64Array, players: number): Float64Array {
  const shares = orderShares(players);
  const added = new Float64Array(players);
  for (let set = 0; set < values.length; set++) {
    const share = shares[bitsOf(set)] as number;
    for (let player = 0; player < players; player++) {
      const bit = 1 << player;
      if ((set & bit) === 0) added[player]! += share * ((values[set | bit] as number) - (values[set] as number));
    }
  }
  return added;
}

/** By size of a set: in which share of all orders exactly its members come before a given player. */
function orderShares(players: number): number[] {
  const shares: number[] = [1 / Math.max(1, players)];
  for (let size = 1; size < players; size++) shares.push((shares[size - 1]! * size) / (players - size));
  return shares;
}

function bitsOf(set: number): number {
  let bits = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}
