import { athenaCatalog } from '../../../core/graph/athena-catalog';
import { openProperties } from '../../../core/graph/open-properties';
import { milestoneSpec } from '../../../schemas/milestone';
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

it('are what sources tell of profiles and events, and milestones take from their steps, once and in order', () => {
  const milestone = milestoneSpec.parse({
    ...{ name: 'lost', title: 'T', description: 'D' },
    steps: [{ name: 'call', events: ['call'] }],
    properties: { spent: { step: 'call', attribute: 'amount' } },
  });
  const sources = [
    source('crm', { segment: 'seg', tariff: 't' }, undefined),
    source('shop', { segment: 's' }, { amount: 'eur' }),
  ];
  const open = openProperties(sources, [milestone]);
  expect(open).toEqual({ Profile: ['segment', 'tariff'], Event: ['amount'], Milestone: ['spent'] });
  expect(athenaCatalog(open)[3]!.columns).toContainEqual({ name: 'spent', type: 'string' });
});
