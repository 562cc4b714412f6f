import { DAY_MS, type RhythmMeasure } from './feature';
import type { FeatureWithColumn, FillRow } from './fill-steps';
import type { Feature } from './feature';
import { countBefore, type Past } from './history';
import { valuesOf } from './observe-pasts';

type Of<Set extends Feature['set']> = FeatureWithColumn<Extract<Feature, { set: Set }>>;

/** How long and how regularly a customer has been heard of. */
export function rhythmFiller(features: readonly Of<'rhythm'>[]): FillRow {
  return (past, row) => {
    const measures = rhythmOf(past);
    for (const { feature, column } of features) column[row] = measures[feature.measure];
  };
}

/** Days, counts and ratios by measure; NaN where there are too few steps to tell. Milestones are no steps. */
function rhythmOf({ cutOff, times, channels, records }: Past): Record<RhythmMeasure, number> {
  const steps = stepsAmong(times, channels);
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const since = (time: number | undefined) => (time === undefined ? NaN : (cutOff - time) / DAY_MS);
  const meanGap = steps.length < 2 ? NaN : (last! - first!) / DAY_MS / (steps.length - 1);
  let longestGap = steps.length < 2 ? NaN : 0;
  for (let index = 1; index < steps.length; index++) {
    longestGap = Math.max(longestGap, (steps[index]! - steps[index - 1]!) / DAY_MS);
  }
  const within = (from: number, to: number) =>
    countBefore(steps, cutOff - from * DAY_MS) - countBefore(steps, cutOff - to * DAY_MS);
  return {
    'days-known': since(first),
    'days-since-last': since(last),
    steps: steps.length,
    'mean-gap': meanGap,
    'longest-gap': longestGap,
    // One is added to both sides, so that few steps do not make much of a ratio.
    'last-gap-to-mean': (since(last) + 1) / (meanGap + 1),
    'change-of-rate': (within(-1, 30) + 1) / (within(30, 60) + 1),
    'profile-records': records.length,
  };
}

/** Those of the times that are of steps, and not of milestones. */
function stepsAmong(times: Float64Array, channels: Int32Array): Float64Array {
  if (!channels.includes(-1)) return times;
  const steps = new Float64Array(times.length);
  let count = 0;
  for (let index = 0; index < times.length; index++) {
    if (channels[index]! >= 0) steps[count++] = times[index]!;
  }
  return steps.subarray(0, count);
}

/** What records say of the customer; a value that the plan does not know is missing. */
export function profileFiller(
  features: readonly Of<'profile'>[],
  categories: Readonly<Record<string, readonly string[]>>,
): FillRow {
  const codes = new Map(
    Object.entries(categories).map(([name, values]) => [name, new Map(values.map((value, code) => [value, code]))]),
  );
  return ({ records }, row) => {
    const values = valuesOf(records);
    for (const { feature, column } of features) {
      const value = Object.hasOwn(values, feature.attribute) ? values[feature.attribute] : undefined;
      column[row] =
        feature.as === 'category'
          ? ((value === undefined ? undefined : codes.get(feature.attribute)?.get(value)) ?? -1)
          : numberOf(value);
    }
  };
}

function numberOf(value: string | undefined): number {
  return value === undefined || value.trim() === '' || !Number.isFinite(Number(value)) ? NaN : Number(value);
}

/** How many others share something, and how many of them went before where this customer may go. */
export function neighbourFiller(features: readonly Of<'neighbours'>[]): FillRow {
  return ({ neighbours }, row) => {
    for (const { feature, column } of features) {
      column[row] = neighbours.filter(
        ({ tie, hitAt }) => tie === feature.tie && (feature.measure === 'number' || hitAt < Infinity),
      ).length;
    }
  };
}
