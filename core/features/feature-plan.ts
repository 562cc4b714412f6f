import { rhythmMeasures, type Feature, type FeatureSet } from './feature';
import type { Tie } from './history';

/**
 * Which features there are, with everything that was learned from the training rows' pasts alone: it is kept with the
 * model, and makes the same columns in training, for everybody at night, and for one customer.
 */
export interface FeaturePlan {
  readonly features: readonly Feature[];
  /** By attribute that is a category, its values; others are unknown. */
  readonly categories: Readonly<Record<string, readonly string[]>>;
}

/** What a model's file asks for. */
export interface FeatureRequest {
  readonly sets: readonly FeatureSet[];
  /** Milliseconds. */
  readonly windows: readonly number[];
  /** How many transitions at most, the ones that most customers have. */
  readonly transitions: number;
  /** Letters that no feature speaks of. */
  readonly leaveOut: readonly string[];
}

/** What was seen in the pasts that a plan is made for. */
export interface SeenInPasts {
  /** Letters by how many pasts have them. */
  readonly letters: ReadonlyMap<string, number>;
  /** Pairs of letters that follow one another, by how many pasts have them. */
  readonly transitions: ReadonlyMap<string, number>;
  readonly channels: ReadonlySet<string>;
  /** By attribute, its values by how many pasts have them. */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Between the two letters of a transition's key; no step type has it, since CSV and JSON have no use for it. */
export const TRANSITION = '\u0000';
const TIES: readonly Tie[] = ['address', 'phone', 'account'];
/** Fewer pasts than this make no column: a tree would learn people by heart. */
const LEAST_PASTS = 20;
const MOST_CATEGORIES = 40;

/** The features for what was seen, in an order that depends on nothing but names. */
export function planFeatures(request: FeatureRequest, seen: SeenInPasts): FeaturePlan {
  const letters = frequent(seen.letters).filter((letter) => !request.leaveOut.includes(letter));
  const attributes = attributesOf(seen);
  const makers: Readonly<Record<FeatureSet, () => Feature[]>> = {
    counts: () => letters.flatMap((letter) => request.windows.map((windowMs) => ({ set: 'counts', letter, windowMs }))),
    recency: () => letters.map((letter) => ({ set: 'recency', letter })),
    transitions: () => transitionsOf(request, seen.transitions),
    rhythm: () => rhythmMeasures.map((measure) => ({ set: 'rhythm', measure })),
    channels: () => [...seen.channels].sort().map((channel) => ({ set: 'channels', channel })),
    profile: () => attributes.map(({ attribute, as }) => ({ set: 'profile', attribute, as })),
    neighbours: () =>
      TIES.flatMap((tie) => (['number', 'hit'] as const).map((measure) => ({ set: 'neighbours', tie, measure }))),
  };
  return {
    features: request.sets.flatMap((set) => makers[set]()),
    categories: Object.fromEntries(
      attributes.filter(({ as }) => as === 'category').map(({ attribute, values }) => [attribute, values]),
    ),
  };
}

function frequent(seen: ReadonlyMap<string, number>): string[] {
  return [...seen]
    .filter(([, pasts]) => pasts >= LEAST_PASTS)
    .map(([name]) => name)
    .sort();
}

function transitionsOf({ transitions, leaveOut }: FeatureRequest, seen: ReadonlyMap<string, number>): Feature[] {
  return [...seen]
    .filter(([, pasts]) => pasts >= LEAST_PASTS)
    .map(([key, pasts]) => ({ pair: key.split(TRANSITION) as [string, string], pasts }))
    .filter(({ pair }) => !pair.some((letter) => leaveOut.includes(letter)))
    .sort((a, b) => b.pasts - a.pasts || (a.pair.join(TRANSITION) < b.pair.join(TRANSITION) ? -1 : 1))
    .slice(0, transitions)
    .map(({ pair: [from, to] }) => ({ set: 'transitions', from, to }));
}

/** Attributes whose values are numbers, and those with few enough values to be categories; others tell people apart. */
function attributesOf({ attributes }: SeenInPasts) {
  return [...attributes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([attribute, seen]) => {
      const isNumber = [...seen.keys()].every((value) => value.trim() !== '' && Number.isFinite(Number(value)));
      return { attribute, as: isNumber ? ('number' as const) : ('category' as const), values: frequent(seen) };
    })
    .filter(({ as, values }) => as === 'number' || (values.length >= 2 && values.length <= MOST_CATEGORIES));
}
