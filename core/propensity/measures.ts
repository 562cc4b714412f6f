import type { Interval } from '../statistics/proportions';

/** Half of a two-sided interval of 95 %, in standard errors. */
const Z_95 = 1.959963984540054;
const BINS = 10;
/** No probability is taken for certain: one that is wrong would cost more than all others. */
const LEAST_PROBABILITY = 1e-15;

type Values = ArrayLike<number>;

export interface Auc {
  readonly auc: number;
  /** 95 %. */
  readonly interval: Interval;
}

/**
 * The area under the ROC curve, with its interval by DeLong, DeLong and Clarke-Pearson (1988) on the logit scale, computed
 * as Sun and Xu (2014) do: n log n. Equal scores count half. NaN where there is one class only.
 *
 * @param labels 0 or 1, one a score
 */
export function areaUnderRoc(labels: Values, scores: Values): Auc {
  const hits = rowsWhere(labels, (label) => label === 1);
  const misses = rowsWhere(labels, (label) => label !== 1);
  const among = midranks(scores);
  const placements = (own: Int32Array, others: number) => {
    const amongOwn = midranks(scores, own);
    return Array.from(own, (row) => (among[row]! - amongOwn[row]!) / others);
  };
  const above = placements(hits, misses.length);
  const below = placements(misses, hits.length);
  const auc = mean(above);
  const error = Math.sqrt(variance(above) / hits.length + variance(below) / misses.length);
  return { auc, interval: logitInterval(auc, error) };
}

function logitInterval(auc: number, error: number): Interval {
  if (!(auc > 0 && auc < 1)) return [auc, auc];
  const spread = (Z_95 * error) / (auc * (1 - auc));
  return [sigmoid(logit(auc) - spread), sigmoid(logit(auc) + spread)];
}

/**
 * The area under the ROC curve alone (Mann and Whitney 1947); NaN where there is one class only.
 *
 * @param labels 0 or 1, one a score
 * @param ranks of the scores, as `midranks` tells them
 */
export function areaByRanks(labels: Values, ranks: Float64Array): number {
  let [hits, sum] = [0, 0];
  ranks.forEach((rank, row) => {
    if (labels[row] !== 1) return;
    hits++;
    sum += rank;
  });
  return (sum - (hits * (hits + 1)) / 2) / (hits * (ranks.length - hits));
}

/** By row: the rank of its score among some rows, or all, from 1; equal scores share theirs. */
export function midranks(scores: Values, rows: Int32Array = Int32Array.from(scores, (_, row) => row)): Float64Array {
  const order = rows.slice().sort((one, other) => scores[one]! - scores[other]!);
  const ranks = new Float64Array(scores.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/** Average precision: the area under precision by recall, in steps; rows of equal scores are taken together. */
export function averagePrecision(labels: Values, scores: Values): number {
  const order = descending(scores);
  const hits = count(labels);
  let [found, area] = [0, 0];
  for (let from = 0; from < order.length;) {
    let [to, more] = [from, 0];
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) more += labels[order[to]!]!;
    found += more;
    area += (more / hits) * (found / to);
    from = to;
  }
  return area;
}

/** How many times as frequent hits are among the share of rows with the highest scores; of rows of equal scores, a part counts as all do. */
export function lift(labels: Values, scores: Values, share: number): number {
  const order = descending(scores);
  const wanted = Math.max(1, Math.round(order.length * share));
  const least = scores[order[wanted - 1]!]!;
  const isAbove = (row: number) => scores[row]! > least;
  const above = order.filter(isAbove);
  const equal = order.filter((row) => scores[row] === least);
  const among = (rows: Int32Array) => rows.reduce((sum, row) => sum + labels[row]!, 0);
  const hits = among(above) + (among(equal) * (wanted - above.length)) / equal.length;
  return hits / wanted / (count(labels) / order.length);
}

/** In nats a row. */
export function logLoss(labels: Values, probabilities: Values): number {
  return mean(
    Array.from(labels, (label, row) => {
      const probability = Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, probabilities[row]!));
      return -Math.log(label === 1 ? probability : 1 - probability);
    }),
  );
}

/** In nats a row, of rows with a probability for each class. */
export function multiLogLoss(labels: Values, probabilities: Values, classes: number): number {
  return mean(
    Array.from(labels, (label, row) => -Math.log(Math.max(LEAST_PROBABILITY, probabilities[row * classes + label]!))),
  );
}

/** Rows whose probabilities are alike: what was said of them, and what was. */
export interface CalibrationBin {
  readonly rows: number;
  /** The mean of what was said. */
  readonly said: number;
  /** The share of hits. */
  readonly was: number;
}

/** Ten parts of the rows by what was said of them, each of as many. */
export function calibrationCurve(labels: Values, probabilities: Values): CalibrationBin[] {
  const order = descending(probabilities).reverse();
  return Array.from({ length: BINS }, (_, bin) =>
    order.subarray((order.length * bin) / BINS, (order.length * (bin + 1)) / BINS),
  )
    .filter(({ length }) => length > 0)
    .map((rows) => binOf(rows, labels, probabilities));
}

/** Expected calibration error, of ten equally wide bins (Naeini, Cooper and Hauskrecht 2015). */
export function calibrationError(labels: Values, probabilities: Values): number {
  const bins = Array.from({ length: BINS }, (_, bin) =>
    rowsWhere(probabilities, (probability) => Math.min(BINS - 1, Math.floor(probability * BINS)) === bin),
  );
  const told = bins.filter(({ length }) => length > 0).map((rows) => binOf(rows, labels, probabilities));
  return told.reduce((sum, { rows, said, was }) => sum + (rows / labels.length) * Math.abs(said - was), 0);
}

function binOf(rows: Int32Array, labels: Values, probabilities: Values): CalibrationBin {
  const average = (values: Values) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
  return { rows: rows.length, said: average(probabilities), was: average(labels) };
}

export interface ErrorMeasures {
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Mean absolute error. */
  readonly mae: number;
  /** The share of the variance that is explained; negative where the mean would have been better. */
  readonly r2: number;
}

export function errorsOf(labels: Values, predicted: Values): ErrorMeasures {
  const errors = Array.from(labels, (label, row) => label - predicted[row]!);
  const squares = mean(errors.map((error) => error * error));
  return { rmse: Math.sqrt(squares), mae: mean(errors.map(Math.abs)), r2: 1 - squares / population(labels) };
}

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

export function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}

function descending(scores: Values): Int32Array {
  return rowsWhere(scores, () => true).sort((one, other) => scores[other]! - scores[one]! || one - other);
}

function rowsWhere(values: Values, isWanted: (value: number) => boolean): Int32Array {
  const rows = new Int32Array(values.length);
  let length = 0;
  for (let row = 0; row < values.length; row++) if (isWanted(values[row]!)) rows[length++] = row;
  return rows.slice(0, length);
}

function count(labels: Values): number {
  let hits = 0;
  for (let row = 0; row < labels.length; row++) hits += labels[row]!;
  return hits;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

function population(values: Values): number {
  const all = Array.from(values);
  const middle = mean(all);
  return mean(all.map((value) => (value - middle) ** 2));
}
