import fc from 'fast-check';
import { featureName, describeFeature, DAY_MS, type Feature } from '../../../core/features/feature';
import { planFeatures, type FeaturePlan } from '../../../core/features/feature-plan';
import { FeatureRows } from '../../../core/features/feature-rows';
import { pastOf, type CustomerHistory, type Past } from '../../../core/features/history';
import { PastsObserver } from '../../../core/features/observe-pasts';
import { featureSets } from '../../../schemas/propensity';
import { DAY, DAYS, alphabet, anyHistory, historyOf } from './arbitrary';

const WINDOWS = [7 * DAY, 30 * DAY];
const request = { sets: featureSets, windows: WINDOWS, transitions: 5, leaveOut: [] };

/** A plan of everything that the alphabet has. */
const everything: FeaturePlan = {
  features: [
    ...alphabet.letters.flatMap((letter) => [
      ...WINDOWS.map((windowMs): Feature => ({ set: 'counts', letter, windowMs })),
      { set: 'recency', letter } as const,
    ]),
    { set: 'transitions', from: 'bill', to: 'call' },
    ...(['days-known', 'days-since-last', 'steps', 'mean-gap', 'longest-gap'] as const).map((measure): Feature => ({
      set: 'rhythm',
      measure,
    })),
    { set: 'rhythm', measure: 'change-of-rate' },
    { set: 'rhythm', measure: 'last-gap-to-mean' },
    { set: 'rhythm', measure: 'profile-records' },
    ...alphabet.channels.map((channel): Feature => ({ set: 'channels', channel })),
    { set: 'profile', attribute: 'city', as: 'category' },
    { set: 'profile', attribute: 'birth_year', as: 'number' },
    { set: 'neighbours', tie: 'address', measure: 'number' },
    { set: 'neighbours', tie: 'address', measure: 'hit' },
  ],
  categories: { city: ['Bonn', 'Köln'] },
};

/** The features of one past by name, a category as its value. */
function featuresOf(past: Past, plan = everything): Record<string, number | string | undefined> {
  const rows = new FeatureRows(plan, alphabet, 1);
  rows.add(past);
  return Object.fromEntries(
    rows
      .build()
      .features.map((column) => [
        column.name,
        column.kind === 'number' ? column.values[0] : column.categories[column.codes[0]!],
      ]),
  );
}

const at = (day: number) => day * DAY;

describe('features of a past', () => {
  const shares = { tie: 'address' as const, since: at(5), crowdedAt: Infinity, hitAt: Infinity };
  const history = historyOf(
    [
      { at: at(10), letter: 0, channel: 0 },
      { at: at(95), letter: 0, channel: 0 },
      { at: at(96), letter: 1, channel: 1 },
      { at: at(96) + 1, letter: 4 },
      { at: at(99), letter: 1, channel: 1 },
      { at: at(100), letter: 3, channel: 2 },
    ],
    {
      records: [
        { seenAt: at(10), attributes: { city: 'Bonn', birth_year: '1970' } },
        { seenAt: at(99), attributes: { city: 'Köln' } },
        { seenAt: at(100), attributes: { city: 'Bonn' } },
      ],
      neighbours: [
        { ...shares, customerId: 'c2', hitAt: at(50) },
        { ...shares, customerId: 'c2', hitAt: at(50), since: at(6) },
        { ...shares, customerId: 'c3', crowdedAt: at(100) },
        { ...shares, customerId: 'c4', hitAt: at(50), crowdedAt: at(99) },
        { ...shares, customerId: 'c5', hitAt: at(50), since: at(100) },
        { ...shares, tie: 'phone', customerId: 'c2', hitAt: at(50) },
      ],
    },
  );
  const found = featuresOf(pastOf(history, at(100)));

  it('counts what happened within windows that end before the cut-off', () => {
    expect(found).toMatchObject({
      'count bill 7d': 1,
      'count bill 30d': 1,
      'count call 7d': 2,
      'count call 30d': 2,
      'count churn 7d': 0,
      'count milestone:at-risk 7d': 1,
      'count bill > call': 1,
    });
  });

  it('tells how long ago things were, and that they never were', () => {
    expect(found).toMatchObject({ 'days since bill': 5, 'days since call': 1, 'days since churn': NaN });
  });

  it('knows the rhythm of steps, of which milestones are none', () => {
    expect(found).toMatchObject({
      'rhythm days-known': 90,
      'rhythm days-since-last': 1,
      'rhythm steps': 4,
      'rhythm mean-gap': expect.closeTo(89 / 3, 4) as number,
      'rhythm longest-gap': 85,
      'rhythm change-of-rate': 4,
      'rhythm profile-records': 2,
      'share of app': expect.closeTo(1 / 3, 6) as number,
      'share of call': expect.closeTo(2 / 3, 6) as number,
      'share of web': 0,
    });
  });

  it('takes what records said then, the later one first, attribute by attribute', () => {
    expect(found).toMatchObject({ 'profile city': 'Köln', 'profile birth_year': 1970 });
  });

  it('knows of neighbours only what had happened', () => {
    expect(found).toMatchObject({ 'neighbours address number': 2, 'neighbours address hit': 1 });
  });

  it('of nobody who did anything knows nothing, and fails at nothing', () => {
    const nothing = featuresOf(pastOf(historyOf([]), at(100)));
    expect(nothing).toMatchObject({ 'count bill 7d': 0, 'days since bill': NaN, 'rhythm mean-gap': NaN });
    expect(nothing['share of app']).toBeNaN();
    expect(nothing['profile city']).toBeUndefined();
  });
});

describe('the future', () => {
  const cutOff = (DAYS / 2) * DAY;

  /** The same up to the cut-off; from then on what another history has, shuffled in. */
  function withFutureOf(history: CustomerHistory, other: CustomerHistory): CustomerHistory {
    const steps = ({ letters, times, channels }: CustomerHistory, keep: (time: number) => boolean) =>
      [...letters]
        .map((letter, index) => ({ letter, at: times[index]!, channel: channels[index]! }))
        .filter((step) => keep(step.at));
    return historyOf([...steps(history, (time) => time < cutOff), ...steps(other, (time) => time >= cutOff)], {
      records: [
        ...history.records.filter(({ seenAt }) => seenAt < cutOff),
        ...other.records.filter(({ seenAt }) => seenAt >= cutOff),
      ],
      neighbours: [
        ...history.neighbours
          .filter(({ since }) => since < cutOff)
          .map((own) => ({
            ...own,
            hitAt: own.hitAt < cutOff ? own.hitAt : cutOff + (other.times[0] ?? 0),
            crowdedAt: own.crowdedAt < cutOff ? own.crowdedAt : cutOff + (other.times[0] ?? 0),
          })),
        ...other.neighbours.map((own) => ({ ...own, since: cutOff + own.since })),
      ],
      scores: other.scores,
    });
  }

  it('changes no feature, whatever comes', () => {
    fc.assert(
      fc.property(anyHistory, anyHistory, (history, other) => {
        const before = featuresOf(pastOf(history, cutOff));
        expect(featuresOf(pastOf(withFutureOf(history, other), cutOff))).toEqual(before);
      }),
    );
  });

  it('changes no plan', () => {
    const planOf = (histories: readonly CustomerHistory[]) => {
      const observer = new PastsObserver(alphabet);
      // Often enough for a column.
      for (let times = 0; times < 20; times++) histories.forEach((history) => observer.add(pastOf(history, cutOff)));
      return planFeatures(request, observer);
    };
    fc.assert(
      fc.property(fc.array(anyHistory, { minLength: 1, maxLength: 5 }), anyHistory, (histories, other) => {
        expect(planOf(histories.map((history) => withFutureOf(history, other)))).toEqual(planOf(histories));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a plan', () => {
  const seen = {
    letters: new Map([
      ['rare', 19],
      ['call', 20],
      ['bill', 500],
    ]),
    transitions: new Map([
      ['bill\u0000call', 30],
      ['call\u0000bill', 40],
      ['bill\u0000bill', 30],
      ['call\u0000call', 3],
    ]),
    channels: new Set(['web', 'app']),
    attributes: new Map([
      ['tariff', new Map([['S', 90], ['M', 90], ['X', 2]])], // prettier-ignore
      ['monthly', new Map([['9.99', 90], ['19', 90]])], // prettier-ignore
      ['contract', new Map(Array.from({ length: 60 }, (_, index) => [`V${index}`, 20]))],
    ]),
  };
  const plan = planFeatures({ ...request, transitions: 2 }, seen);

  it('has a column for what enough people had, the most frequent transitions, and attributes that are no names', () => {
    expect(plan.features.map(featureName)).toEqual([
      'count bill 7d',
      'count bill 30d',
      'count call 7d',
      'count call 30d',
      'days since bill',
      'days since call',
      'count call > bill',
      'count bill > bill',
      ...['days-known', 'days-since-last', 'steps', 'mean-gap', 'longest-gap', 'last-gap-to-mean'].map(
        (measure) => `rhythm ${measure}`,
      ),
      'rhythm change-of-rate',
      'rhythm profile-records',
      'share of app',
      'share of web',
      'profile monthly',
      'profile tariff',
      ...['address', 'phone', 'account'].flatMap((tie) => [`neighbours ${tie} number`, `neighbours ${tie} hit`]),
    ]);
    expect(plan.categories).toEqual({ tariff: ['M', 'S'] });
  });

  it('leaves out what it is told to, alone and in transitions', () => {
    const without = planFeatures({ ...request, leaveOut: ['call'] }, seen);
    expect(without.features.map(featureName).filter((name) => name.includes('call'))).toEqual([]);
  });
});

describe('what a feature says', () => {
  it.each<[Feature, number | string | null, string]>([
    [{ set: 'counts', letter: 'call_center', windowMs: 7 * DAY_MS }, 3, '3 × call center within 7 days'],
    [{ set: 'counts', letter: 'complaint', windowMs: DAY_MS }, 0, 'no complaint within 1 day'],
    [{ set: 'recency', letter: 'milestone:at-risk' }, 2.345, 'milestone at risk 2.35 days ago'],
    [{ set: 'recency', letter: 'complaint' }, NaN, 'never complaint'],
    [{ set: 'transitions', from: 'bill_shock', to: 'complaint' }, 1, '1 × bill shock, then complaint'],
    [{ set: 'rhythm', measure: 'days-known' }, 400, 'known for 400 days'],
    [{ set: 'channels', channel: 'app' }, 0.256, '26 % of recent steps on app'],
    [{ set: 'profile', attribute: 'city', as: 'category' }, 'Bonn', 'city is Bonn'],
    [{ set: 'profile', attribute: 'city', as: 'category' }, null, 'city not known'],
    [{ set: 'neighbours', tie: 'address', measure: 'hit' }, 1, '1 of those who share the address went that way before'],
  ])('%j of %s', (feature, value, text) => {
    expect(describeFeature(feature, value)).toBe(text);
  });
});
