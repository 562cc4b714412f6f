import { mean, quantile } from 'simple-statistics';
import { randomNumbers } from '../statistics/random-numbers';
import type { Auc } from './measures';

const REPLICATES = 200;
const SEED = 1;

/**
 * The mean of the areas under the ROC curves of every class against the rest, of those classes that some rows have and some have not;
 * NaN where there is none. Its interval is that of the percentiles of 200 samples of as many customers, drawn with replacement
 * (Efron and Tibshirani 1993): rows of one customer are alike, and are drawn together. The same rows have the same interval.
 *
 * @param probabilities of each class, row by row
 * @param groups the customer of every row; by default each row is of another
 */
export function macroAuc(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  groups?: Int32Array,
): Auc {
  const ranked = Array.from({ length: classes }, (_, own) => rankedBy(labels, probabilities, own, classes));
  const areaOf = (weights: ArrayLike<number>) => {
    const areas = ranked.map((rows) => weightedArea(rows, weights)).filter(Number.isFinite);
    return areas.length === 0 ? Number.NaN : mean(areas);
  };
  const auc = areaOf(new Uint8Array(labels.length).fill(1));
  const sampled = samplesOf(numbered(groups, labels.length), areaOf).filter(Number.isFinite);
  if (sampled.length === 0) return { auc, interval: [auc, auc] };
  return { auc, interval: [quantile(sampled, 0.025), quantile(sampled, 0.975)] };
}

/** Rows by what is said of one class, and which are of it. */
interface RankedRows {
  readonly order: Int32Array;
  /** Of each in that order: the number of the score, equal ones having the same. */
  readonly level: Int32Array;
  readonly isOwn: Uint8Array;
}

function rankedBy(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  own: number,
  classes: number,
): RankedRows {
  const said = Float64Array.from(labels, (_, row) => probabilities[row * classes + own]!);
  const order = Int32Array.from(labels, (_, row) => row).sort((one, other) => said[one]! - said[other]!);
  const level = new Int32Array(order.length);
  for (let at = 1; at < order.length; at++) {
    level[at] = level[at - 1]! + (said[order[at]!] === said[order[at - 1]!] ? 0 : 1);
  }
  return { order, level, isOwn: Uint8Array.from(labels, (label) => (label === own ? 1 : 0)) };
}

/** How often a row of the class is above one of another, of all pairs; rows count as often as they are drawn, and equal scores half. */
function weightedArea({ order, level, isOwn }: RankedRows, weights: ArrayLike<number>): number {
  let [hits, misses, above] = [0, 0, 0];
  for (let from = 0; from < order.length;) {
    let [to, own, others] = [from, 0, 0];
    for (; to < order.length && level[to] === level[from]; to++) {
      const row = order[to]!;
      if (isOwn[row] === 1) own += weights[row]!;
      else others += weights[row]!;
    }
    above += own * (misses + others / 2);
    hits += own;
    misses += others;
    from = to;
  }
  return above / (hits * misses);
}

/** By row, the number of its customer, from 0. */
function numbered(groups: Int32Array | undefined, rows: number): Int32Array {
  if (groups === undefined) return Int32Array.from({ length: rows }, (_, row) => row);
  const numbers = new Map<number, number>();
  return groups.map((group) => {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    return number;
  });
}

/** What is so of each of some samples of customers, given how often each row is among them. */
function samplesOf(customerOf: Int32Array, told: (weights: Int32Array) => number): number[] {
  const customers = customerOf.reduce((most, customer) => Math.max(most, customer + 1), 0);
  const random = randomNumbers(SEED);
  return Array.from({ length: REPLICATES }, () => {
    const drawn = new Int32Array(customers);
    for (let draw = 0; draw < customers; draw++) drawn[Math.floor(random() * customers)]!++;
    return told(customerOf.map((customer) => drawn[customer]!));
  });
}
