import { ANYBODY } from '../../../core/access/permissions';
import { FakeTemporal } from '../../support/fake-temporal';
import { createTestApi } from '../../support/test-api';

const report = {
  customer: 'C1',
  attributes: { given_name: 'Ada', family_name: 'Lovelace', email: 'ada@example.com' },
  profiles: [],
  timeline: { total: 1, steps: [{ step: 'bill_shock', channel: 'app', at: '2026-01-02T03:04:05.000Z' }] },
};

async function ask(query: string, may = ANYBODY.may) {
  const asked: object[] = [];
  const temporal = new FakeTemporal(async ({ question }) => {
    asked.push(question);
    return 'similar' in question ? report : { customer: 'C1', propensities: [] };
  });
  const guard = {
    gate: { callerOf: async () => ({ name: 'key:desk', may, rows: {} }) },
    audit: { append: async () => undefined, entries: async function* () {}, check: undefined!, close: undefined! },
    requestsPerMinute: 100,
  };
  const app = await createTestApi({ client: temporal.asClient, guard });
  const url = `/tmf-api/customer360/v5/customer360/C1${query}`;
  const response = await app.inject({ url, headers: { authorization: 'Bearer x' } });
  await app.close();
  return { status: response.statusCode, body: response.json<Record<string, unknown>>(), asked };
}

it('a customer is told as TM Forum has them', async () => {
  const { status, body, asked } = await ask('?limit=7');
  expect([status, body['@type'], body['name']]).toEqual([200, 'Customer360', 'Ada Lovelace']);
  expect(asked[0]).toMatchObject({ customer: 'C1', limit: 7, similar: { limit: 0 } });
});

it('only the fields that are asked for come', async () => {
  const { body } = await ask('?fields=partyInteraction,nothing');
  expect(Object.keys(body).sort()).toEqual(['@type', 'href', 'id', 'partyInteraction']);
  expect((await ask('?fields=a%20b')).status).toBe(400);
});

it('who may not know customers in life is not told who they are', async () => {
  const { body } = await ask('', new Set(['customers:read'] as const));
  expect([body['name'], body['contactMedium']]).toEqual([
    'A••• L•••',
    [{ '@type': 'EmailContactMedium', contactType: 'email', emailAddress: 'a•••@example.com' }],
  ]);
});
