import fc from 'fast-check';
import type { JourneyEvent } from '../../../core/milestones/pattern';
import { milestoneSpec, type MilestoneSpec } from '../../../schemas/milestone';

export const TYPES = ['bill_issued', 'call', "app 'é' 🙂", 'churn'];
export const CHANNELS = ['web', 'phone "x"'];
const VALUES = ['5', '10', '10.0', '-0', '007', 'x', "it's"];
export const SEGMENTS = ['gold', 'silver'];

/** A customer of one or two profiles. */
export interface ArbitraryCustomer {
  readonly segments: readonly (string | undefined)[];
  /** With the profile, by number, that did it. */
  readonly events: readonly (JourneyEvent & { readonly profile: number })[];
}

export interface MilestoneCase {
  readonly spec: MilestoneSpec;
  readonly customers: readonly ArbitraryCustomer[];
  /** Epoch milliseconds. */
  readonly asOf: number;
}

/** The first moment of all journeys, in epoch milliseconds: a Long that no Integer holds. */
export const BEGINNING = Date.UTC(2026, 0, 1);

const seconds = (most: number) => fc.integer({ min: 2, max: most }).map((count) => `${count}s`);
const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
/** A value one time in so many, else none. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>, oneIn = 2): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: oneIn - 1 }, { arbitrary, weight: 1 });

const value = fc.constantFrom<string | number>(...VALUES, 10, 0, 7);
const condition = fc.oneof(
  fc.record({ in: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ notIn: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ gt: fc.constantFrom(0, 5, 9.5) }),
  fc.record({ gte: fc.constantFrom(0, 10), lt: fc.constantFrom(5, 10, 11) }),
  fc.record({ lte: fc.constantFrom(-1, 0, 10) }),
);
const pattern = {
  events: some(TYPES),
  channels: maybe(some(CHANNELS), 6).map((channels) => channels ?? []),
  attributes: maybe(condition, 6).map((amount) => (amount === undefined ? {} : { amount })),
};
const step = fc.record({
  ...pattern,
  within: maybe(seconds(8)),
  atLeast: maybe(fc.record({ count: fc.integer({ min: 2, max: 3 }), within: seconds(8) }), 5),
  optional: fc.boolean(),
});

/** Any milestone: short windows over few step types, so that it is often reached, and often just not. */
const spec: fc.Arbitrary<MilestoneSpec> = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 4, size: 'max' }),
    within: maybe(seconds(15)),
    notBefore: maybe(fc.record({ ...pattern, within: maybe(seconds(8)) }), 4),
    notFollowedBy: maybe(fc.record({ ...pattern, within: seconds(8) }), 3),
    coolDown: maybe(fc.oneof(fc.constant('never'), seconds(8)), 3),
    customers: maybe(fc.record({ segment: some(SEGMENTS) }), 5),
  })
  .map((drawn) => {
    const steps = drawn.steps.map((each, index) => ({
      ...each,
      name: `step-${index}`,
      within: index === 0 ? undefined : each.within,
      optional: each.optional && index > 0 && index < drawn.steps.length - 1,
    }));
    return milestoneSpec.parse({ name: 'drawn', title: 'Drawn', description: 'Drawn at random.', ...drawn, steps });
  });

const event = fc.record({
  type: fc.constantFrom(...TYPES),
  channel: fc.constantFrom(...CHANNELS),
  // Few moments, so that many events share one.
  at: fc.integer({ min: 0, max: 20 }),
  attributes: maybe(fc.constantFrom(...VALUES), 2).map((amount): Record<string, string> =>
    amount === undefined ? {} : { amount },
  ),
  profile: fc.integer({ min: 0, max: 1 }),
});

const customer: fc.Arbitrary<ArbitraryCustomer> = fc
  .record({
    segments: fc.array(maybe(fc.constantFrom(...SEGMENTS, 'lead')), { minLength: 2, maxLength: 2 }),
    events: fc.array(event, { minLength: 4, maxLength: 24, size: 'max' }),
  })
  .map(({ segments, events }) => ({
    segments,
    events: events.map((drawn, index) => ({ ...drawn, id: `e${index}`, at: BEGINNING + drawn.at * 1_000 })),
  }));

export const milestoneCase: fc.Arbitrary<MilestoneCase> = fc.record({
  spec,
  customers: fc.array(customer, { minLength: 6, maxLength: 6 }),
  asOf: fc.integer({ min: 10, max: 30 }).map((second) => BEGINNING + second * 1_000),
});

/** Whether a customer is among those that a milestone is for. */
export function isMeant({ customers }: MilestoneSpec, { segments }: ArbitraryCustomer): boolean {
  const wanted = customers['segment'];
  return wanted === undefined || segments.some((segment) => segment !== undefined && wanted.includes(segment));
}
