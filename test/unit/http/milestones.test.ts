import { join } from 'node:path';
import { createApi } from '../../../starters/http/app';
import type { App } from '../../../starters/http/hub-api';
import { FakeTemporal } from '../../support/fake-temporal';

const asked: object[] = [];
let app: App;
beforeAll(async () => {
  const temporal = new FakeTemporal(async ({ question }: { question: object }) => {
    asked.push(question);
    return { customer: 'c/1', total: 0, milestones: [] };
  });
  app = await createApi({
    client: temporal.asClient,
    versions: { version: async () => 4, tableVersion: async () => 4, tableRevision: async () => 'r' },
    weights: { pairs: [], steps: {} },
    settings: { name: 'Test', timezone: 'UTC' },
    models: ['churn'],
    siteFolder: join(__dirname, '../../../website/dist'),
    logLevel: 'silent',
  });
});
afterAll(() => app.close());

it('asks for a page of what a customer reached, of fifty where nothing is said', async () => {
  const url = `/v1/customers/${encodeURIComponent('c/1')}/milestones`;
  for (const query of ['', '?limit=2&cursor=4'])
    expect((await app.inject({ url: `${url}${query}` })).statusCode).toBe(200);
  expect(asked).toEqual([
    { customer: 'c/1', limit: 50, cursor: 0 },
    { customer: 'c/1', limit: 2, cursor: 4 },
  ]);
});

it.each(['limit=0', 'limit=1001', 'cursor=-1', 'cursor=x', 'page=2'])('refuses ?%s, naming it', async (query) => {
  const response = await app.inject({ url: `/v1/customers/c/milestones?${query}` });
  expect([response.statusCode, response.body]).toEqual([400, expect.stringContaining(query.split('=')[0]!)]);
});
