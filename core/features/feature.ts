import type { Tie } from './history';

/** One feature as data: what it says of a customer at a cut-off. Its name is made from it. */
export type Feature =
  | { readonly set: 'counts'; readonly letter: string; readonly windowMs: number }
  | { readonly set: 'recency'; readonly letter: string }
  | { readonly set: 'transitions'; readonly from: string; readonly to: string }
  | { readonly set: 'rhythm'; readonly measure: RhythmMeasure }
  | { readonly set: 'channels'; readonly channel: string }
  | { readonly set: 'profile'; readonly attribute: string; readonly as: 'number' | 'category' }
  | { readonly set: 'neighbours'; readonly tie: Tie; readonly measure: 'number' | 'hit' };

export type FeatureSet = Feature['set'];

/** Each in days, but for counts and ratios. */
export const rhythmMeasures = [
  'days-known',
  'days-since-last',
  'steps',
  'mean-gap',
  'longest-gap',
  'last-gap-to-mean',
  'change-of-rate',
  'profile-records',
] as const;
export type RhythmMeasure = (typeof rhythmMeasures)[number];

export const DAY_MS = 86_400_000;

/** The column's name: unique within a plan, and the same for the same feature in every version of a model. */
export function featureName(feature: Feature): string {
  switch (feature.set) {
    case 'counts':
      return `count ${feature.letter} ${windowText(feature.windowMs)}`;
    case 'recency':
      return `days since ${feature.letter}`;
    case 'transitions':
      return `count ${feature.from} > ${feature.to}`;
    case 'rhythm':
      return `rhythm ${feature.measure}`;
    case 'channels':
      return `share of ${feature.channel}`;
    case 'profile':
      return `profile ${feature.attribute}`;
    case 'neighbours':
      return `neighbours ${feature.tie} ${feature.measure}`;
  }
}

/** What a value of the feature says, for people: "3 × complaint within 7 days". NaN and null are what is not known. */
export function describeFeature(feature: Feature, value: number | string | null): string {
  const isUnknown = value === null || Number.isNaN(value);
  const number = typeof value === 'number' ? round(value) : value;
  switch (feature.set) {
    case 'counts': {
      const within = `within ${windowWords(feature.windowMs)}`;
      return value === 0 ? `no ${words(feature.letter)} ${within}` : `${number} × ${words(feature.letter)} ${within}`;
    }
    case 'recency':
      return isUnknown ? `never ${words(feature.letter)}` : `${words(feature.letter)} ${number} days ago`;
    case 'transitions': {
      const both = `${words(feature.from)}, then ${words(feature.to)}`;
      return value === 0 ? `never ${both}` : `${number} × ${both}`;
    }
    case 'rhythm':
      return isUnknown
        ? `${rhythmWords[feature.measure]} not known`
        : `${rhythmWords[feature.measure]} ${number}${rhythmUnits[feature.measure] ?? ''}`;
    case 'channels':
      return isUnknown
        ? `no step on any channel lately`
        : `${Math.round((value as number) * 100)} % of recent steps on ${feature.channel}`;
    case 'profile':
      return isUnknown ? `${words(feature.attribute)} not known` : `${words(feature.attribute)} is ${number}`;
    case 'neighbours':
      return feature.measure === 'number'
        ? `${number} others share the ${feature.tie}`
        : `${number} of those who share the ${feature.tie} went that way before`;
  }
}

const rhythmWords: Readonly<Record<RhythmMeasure, string>> = {
  'days-known': 'known for',
  'days-since-last': 'last step before',
  steps: 'steps in all:',
  'mean-gap': 'between steps usually',
  'longest-gap': 'longest silence',
  'last-gap-to-mean': 'silence now, to the usual one:',
  'change-of-rate': 'steps of the last 30 days, to those of the 30 before:',
  'profile-records': 'changes of the record:',
};

const rhythmUnits: Readonly<Partial<Record<RhythmMeasure, string>>> = {
  'days-known': ' days',
  'days-since-last': ' days',
  'mean-gap': ' days',
  'longest-gap': ' days',
};

/** A name as people read it: `call_center` is "call center", `milestone:at-risk` "milestone at risk". */
function words(name: string): string {
  return name.replace(/[_:-]+/g, ' ');
}

function windowText(windowMs: number): string {
  return `${windowMs / DAY_MS}d`;
}

function windowWords(windowMs: number): string {
  const days = windowMs / DAY_MS;
  return days === 1 ? '1 day' : `${round(days)} days`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
