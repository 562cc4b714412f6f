import { median, medianAbsoluteDeviation } from 'simple-statistics';

/** Weeks that an expectation is made of, at least and at most. */
const WEEKS = { least: 4, most: 8 };
/** The median of absolute deviations of normal values, times this, is their standard deviation. */
const MAD_TO_SIGMA = 1.4826;
/** A modified z-score above this is an outlier (Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers). */
const FAR = 3.5;
/** Values that hardly ever differ are not far from each other because of that. */
const LEAST_SPREAD = 0.02;

export interface Expectation {
  readonly expected: number;
  readonly anomalous: boolean;
}

/**
 * What a day's value may be expected to be, by the same weekday of the weeks before, and whether it is far from that. Nothing where
 * fewer than four of them are known.
 *
 * @param valueAt the value so many days before, or null
 */
export function expectationOf(value: number, valueAt: (daysBefore: number) => number | null): Expectation | undefined {
  const weeks = Array.from({ length: WEEKS.most }, (_, week) => valueAt(7 * (week + 1)));
  const known = weeks.filter((one): one is number => one !== null);
  if (known.length < WEEKS.least) return undefined;
  const expected = median(known);
  const spread = Math.max(
    MAD_TO_SIGMA * medianAbsoluteDeviation(known),
    LEAST_SPREAD * Math.abs(expected),
    Number.EPSILON,
  );
  return { expected, anomalous: Math.abs(value - expected) > FAR * spread };
}
