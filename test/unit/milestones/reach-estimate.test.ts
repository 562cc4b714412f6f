import fc from 'fast-check';
import { completionsOf } from '../../../core/milestones/evaluate';
import { reachedBy } from '../../../core/milestones/reached';
import { elementsPerMilestone, mostReached, type JourneyCounts } from '../../../core/milestones/reach-estimate';
import { milestoneSpec } from '../../../schemas/milestone';
import { propertyRuns } from '../../support/property-runs';
import { milestoneCase } from './arbitrary';

const specOf = (spec: object) => milestoneSpec.parse({ name: 'x', title: 'T', description: 'D', ...spec });
const counts: JourneyCounts = {
  events: new Map([
    ['call', 100],
    ['churn', 7],
  ]),
  customers: 10,
  spanMs: 3_600_000,
};

it('is as often as the last step happens, or its milestones are reached', () => {
  const parts = new Map([['at-risk', 20]]);
  const steps = [
    { name: 'a', events: ['churn'] },
    { name: 'b', events: ['call', 'milestone:at-risk', 'never'] },
  ];
  expect(mostReached(specOf({ steps }), counts, parts)).toBe(120);
});

it('is no oftener than cool-downs let customers', () => {
  const steps = [{ name: 'a', events: ['call'] }];
  expect(mostReached(specOf({ steps, coolDown: 'never' }), counts, new Map())).toBe(10);
  expect(mostReached(specOf({ steps, coolDown: '30m' }), counts, new Map())).toBe(30);
  expect(mostReached(specOf({ steps, coolDown: '1m' }), counts, new Map())).toBe(100);
});

it('is never less than what is reached', () => {
  fc.assert(
    fc.property(milestoneCase, ({ spec, customers, asOf }) => {
      const events = customers.flatMap((customer) => customer.events);
      const times = events.map(({ at }) => at);
      const byType = new Map<string, number>();
      for (const { type } of events) byType.set(type, (byType.get(type) ?? 0) + 1);
      const spanMs = times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
      const reached = customers.reduce(
        (sum, customer) => sum + reachedBy(spec, completionsOf(spec, customer.events), asOf).reached.length,
        0,
      );
      const most = mostReached(spec, { events: byType, customers: customers.length, spanMs }, new Map());
      expect(most).toBeGreaterThanOrEqual(reached);
    }),
    propertyRuns(300),
  );
});

it('counts a milestone with its evidence', () => {
  const steps = [
    { name: 'a', events: ['call'], atLeast: { count: 3, within: '1d' } },
    { name: 'b', events: ['churn'] },
  ];
  expect(elementsPerMilestone(specOf({ steps }))).toBe(6);
});
