import type { PropensitySpec } from '../../schemas/propensity';

/** When customers are looked at, in epoch milliseconds, the earliest first. */
export interface CutOffs {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/**
 * The cut-offs of a training: the horizon of the newest has just passed, and every horizon that is trained with has passed
 * before the first cut-off that is tested with. So what a test asks is later than all that was learned from.
 *
 * @param asOf epoch milliseconds up to which everything that happened is known
 */
export function cutOffsOf(
  { cutOffs: { every, train, test }, target: { within } }: Pick<PropensitySpec, 'cutOffs' | 'target'>,
  asOf: number,
): CutOffs {
  const newest = asOf - within;
  const tested = countedBack(newest, every, test);
  return { train: countedBack(tested[0]! - within, every, train), test: tested };
}

function countedBack(newest: number, every: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => newest - (count - 1 - index) * every);
}
