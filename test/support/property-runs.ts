import type { Parameters } from 'fast-check';

/**
 * How often a property is tried, and from which seed: `FC_RUNS` and `FC_SEED` where they are set, so that anybody can
 * try other cases than those of the last run.
 */
export function propertyRuns<T>(runs: number): Parameters<T> {
  const { FC_RUNS, FC_SEED } = process.env;
  return {
    numRuns: FC_RUNS === undefined ? runs : Number(FC_RUNS),
    ...(FC_SEED === undefined ? {} : { seed: Number(FC_SEED) }),
  };
}
