import type { EncodedColumn } from './encoding';

/** What one feature adds to the log odds (of a score: to the score) of one row; all of them, with what is so of all rows, are the margin. */
export interface Reason {
  readonly feature: string;
  readonly adds: number;
}

/**
 * The features that say most of a row, the strongest first, in either direction.
 *
 * @param contributions of one row and one output, by column, and last what is so of all rows (TreeSHAP)
 * @param slope of the calibration, which stretches what is added
 */
export function strongestReasons(
  columns: readonly EncodedColumn[],
  contributions: Float32Array,
  most: number,
  slope = 1,
): Reason[] {
  const added = new Map<string, number>();
  columns.forEach(({ feature }, column) => {
    added.set(feature, (added.get(feature) ?? 0) + slope * contributions[column]!);
  });
  return [...added]
    .map(([feature, adds]) => ({ feature, adds }))
    .filter(({ adds }) => adds !== 0)
    .sort((one, other) => Math.abs(other.adds) - Math.abs(one.adds) || (one.feature < other.feature ? -1 : 1))
    .slice(0, most);
}
