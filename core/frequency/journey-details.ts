import { quickselect } from 'simple-statistics';
import type { JourneyFrequencyAnswer } from '../../schemas/frequency';
import type { JourneyWords } from '../journeys/words';
import { codePointRanks } from '../text/code-points';
import type { CutJourneys } from './cut';
import type { JourneyGroups } from '../journeys/group-journeys';

type StepCounts = NonNullable<JourneyFrequencyAnswer['steps']>;

/** How long the journeys of some groups took, in milliseconds: median and nine tenths by nearest rank. */
export interface Durations {
  readonly medianMs: number;
  readonly p90Ms: number;
}

/** The durations of each of the groups asked for, in their order. */
export function durationsOf(
  words: Pick<JourneyWords, 'times'>,
  cut: CutJourneys,
  groups: JourneyGroups,
  wanted: readonly number[],
): Durations[] {
  const slots = slotsOf(groups, wanted);
  const durations = wanted.map((group) => new Float64Array(groups.counts[group] as number));
  const filled = new Uint32Array(wanted.length);
  for (let index = 0; index < groups.of.length; index++) {
    const slot = slots[groups.of[index] as number] as number;
    if (slot < 0) continue;
    const journey = groups.journeys[index] as number;
    const anchor = cut.anchors[journey] as number;
    const edge = cut.edges[journey] as number;
    const place = filled[slot]!++;
    // A journey of one step took no time, and memory far apart takes long to read.
    if (anchor === edge) continue;
    const lasted = (words.times[anchor] as number) - (words.times[edge] as number);
    (durations[slot] as Float64Array)[place] = Math.abs(lasted);
  }
  return durations.map((sample) => ({ medianMs: nearestRank(sample, 0.5), p90Ms: nearestRank(sample, 0.9) }));
}

/** The mean multiplicity of each step of the groups asked for. */
export function meanRepeats(cut: CutJourneys, groups: JourneyGroups, wanted: readonly number[]): number[][] {
  const { repeats, starts, ends } = cut;
  if (repeats === undefined) return [];
  const slots = slotsOf(groups, wanted);
  const sums = wanted.map((group) => {
    const example = groups.examples[group] as number;
    return new Float64Array((ends[example] as number) - (starts[example] as number));
  });
  for (let index = 0; index < groups.of.length; index++) {
    const slot = slots[groups.of[index] as number] as number;
    if (slot < 0) continue;
    const start = starts[groups.journeys[index] as number] as number;
    const sum = sums[slot] as Float64Array;
    for (let step = 0; step < sum.length; step++) sum[step] = (sum[step] as number) + (repeats[start + step] as number);
  }
  return sums.map((sum, slot) => Array.from(sum, (total) => total / (groups.counts[wanted[slot] as number] as number)));
}

/** How often each step happened over all positions; the most frequent first. */
export function countSteps(alphabet: readonly string[], positions: JourneyFrequencyAnswer['positions']): StepCounts {
  const counts = new Map<string, number>();
  for (const { step, count } of positions) counts.set(step, (counts.get(step) ?? 0) + count);
  const ranks = codePointRanks(alphabet);
  const rankOf = (step: string) => ranks[alphabet.indexOf(step)] as number;
  return [...counts]
    .map(([step, count]) => ({ step, count, rank: rankOf(step) }))
    .sort((a, b) => b.count - a.count || a.rank - b.rank)
    .map(({ step, count }) => ({ step, count }));
}

/** Where a group is in the list of the wanted ones, by group; -1 for the others. */
function slotsOf(groups: JourneyGroups, wanted: readonly number[]): Int32Array {
  const slots = new Int32Array(groups.size).fill(-1);
  wanted.forEach((group, slot) => (slots[group] = slot));
  return slots;
}

/** The smallest value that at least the share `quantile` of the values does not exceed; brings them into another order. */
function nearestRank(sample: Float64Array, quantile: number): number {
  const rank = Math.max(0, Math.ceil(sample.length * quantile) - 1);
  quickselect(sample as unknown as number[], rank);
  return sample[rank] as number;
}
