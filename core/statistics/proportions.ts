import { errorFunction } from 'simple-statistics';

/** So many successes among so many trials. */
export interface Proportion {
  readonly count: number;
  readonly of: number;
}

export type Interval = readonly [lower: number, upper: number];

/** The standard normal quantile of a two-sided interval of 95 %. */
const Z_95 = 1.959963984540054;

/**
 * The 95 % score interval of a proportion (Wilson 1927), which unlike the textbook's stays within 0 … 1 and holds its
 * level for few trials. Without trials anything is possible.
 */
export function wilsonInterval({ count, of }: Proportion, z = Z_95): Interval {
  if (of === 0) return [0, 1];
  const share = count / of;
  const centre = share + (z * z) / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return [
    count === 0 ? 0 : Math.max(0, (centre - spread) / scale),
    count === of ? 1 : Math.min(1, (centre + spread) / scale),
  ];
}

/** The 95 % interval of the difference a - b of independent proportions: Newcombe's hybrid score interval (1998, method 10). */
export function differenceInterval(a: Proportion, b: Proportion): Interval {
  const [lowA, highA] = wilsonInterval(a);
  const [lowB, highB] = wilsonInterval(b);
  const shareA = share(a);
  const shareB = share(b);
  const difference = shareA - shareB;
  return [
    difference - Math.hypot(shareA - lowA, highB - shareB),
    difference + Math.hypot(highA - shareA, shareB - lowB),
  ];
}

/** Smaller p-values than this are beyond the accuracy of the error function, and are given as this. */
export const LEAST_P = 1e-6;

/**
 * The two-sided p-value of equal proportions by the pooled z-test; undefined where fewer than five successes or
 * failures are expected in either group, as the normal distribution is no approximation there (Cochran 1954).
 */
export function equalityPValue(a: Proportion, b: Proportion): number | undefined {
  const pooled = (a.count + b.count) / (a.of + b.of);
  const least = Math.min(a.of, b.of) * Math.min(pooled, 1 - pooled);
  if (!(least >= 5)) return undefined;
  const z = (share(a) - share(b)) / Math.sqrt(pooled * (1 - pooled) * (1 / a.of + 1 / b.of));
  return Math.max(LEAST_P, 1 - errorFunction(Math.abs(z) / Math.SQRT2));
}

/** P-values corrected for so many tests: the false discovery rate at which each is significant (Benjamini, Hochberg 1995). */
export function falseDiscoveryRates(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[b] as number) - (pValues[a] as number));
  const adjusted = new Array<number>(pValues.length);
  let least = 1;
  order.forEach((index, position) => {
    const rank = pValues.length - position;
    least = Math.min(least, ((pValues[index] as number) * pValues.length) / rank);
    adjusted[index] = least;
  });
  return adjusted;
}

function share({ count, of }: Proportion): number {
  return of === 0 ? 0 : count / of;
}
