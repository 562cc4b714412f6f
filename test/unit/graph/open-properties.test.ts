import { athenaCatalog } from '../../../core/graph/athena-catalog';
import { openProperties } from '../../../core/graph/open-properties';
import { milestoneSpec } from '../../../schemas/milestone';
import { propensitySpec } from '../../../schemas/propensity';
import { sourceSchema } from '../../../schemas/source';

const time = { column: 'at', zone: 'UTC' };
const source = (name: string, profiles: object | undefined, events: object | undefined) =>
  sourceSchema.parse({
    ...{ name, title: name, files: '*.csv', format: 'csv' },
    ...(profiles === undefined ? {} : { profiles: { id: 'id', seen_at: time, attributes: profiles } }),
    ...(events === undefined
      ? {}
      : { events: { type: 'type', channel: 'channel', time, profile: 'id', attributes: events } }),
  });

const model = (name: string, classes?: Record<string, string[]>) =>
  propensitySpec.parse({
    ...{ name, title: 'T', description: 'D' },
    target: { within: '14d', ...(classes === undefined ? { events: ['churn'] } : { classes }) },
  });

it('are what sources tell of profiles and events, models say of customers, and milestones take from their steps, once and in order', () => {
  const milestone = milestoneSpec.parse({
    ...{ name: 'lost', title: 'T', description: 'D' },
    steps: [{ name: 'call', events: ['call'] }],
    properties: { spent: { step: 'call', attribute: 'amount' } },
  });
  const sources = [
    source('crm', { segment: 'seg', tariff: 't' }, undefined),
    source('shop', { segment: 's' }, { amount: 'eur' }),
  ];
  const open = openProperties(sources, [milestone], [model('churn'), model('next-best', { a: ['b'] })]);
  expect(open).toEqual({
    Profile: ['segment', 'tariff'],
    Event: ['amount'],
    Customer: ['propensity_churn', 'propensity_next_best', 'propensity_next_best_class'],
    Milestone: ['spent'],
  });
  expect(athenaCatalog(open)[3]!.columns).toContainEqual({ name: 'spent', type: 'string' });
});
