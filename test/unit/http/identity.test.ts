import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { createApi } from '../../../starters/http/app';
import type { App } from '../../../starters/http/hub-api';
import { FakeTemporal } from '../../support/fake-temporal';

const said = { kind: 'merge', profiles: ['crm:1', 'web:2'], author: 'ann', reason: 'one desk' };
const answer = { kind: 'merge', profiles: said.profiles, pairs: 1, effect: 'with the next resolution of identities' };

const apps: App[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

async function api(work: (request: { question: object }) => Promise<unknown>) {
  const temporal = new FakeTemporal(work);
  const lake = { revision: 'r1' };
  const app = await createApi({
    client: temporal.asClient,
    versions: { version: async () => 4, tableVersion: async () => 4, tableRevision: async () => lake.revision },
    weights: { pairs: [], steps: {} },
    settings: { name: 'Test', timezone: 'UTC' },
    models: ['churn'],
    siteFolder: join(__dirname, '../../../website/dist'),
    logLevel: 'silent',
  });
  apps.push(app);
  const say = (payload: object, wait = 10) =>
    app.inject({ method: 'POST', url: '/v1/identity/assertions', headers: { prefer: `wait=${wait}` }, payload });
  return { app, say, temporal, lake };
}

describe('an assertion', () => {
  it('is kept with all that was said, once for each state of the lake', async () => {
    const asked: object[] = [];
    const { say, temporal, lake } = await api(async ({ question }) => {
      asked.push(question);
      return answer;
    });
    const first = await say(said);
    expect([first.statusCode, first.json()]).toEqual([200, answer]);
    await say(said);
    expect(asked).toEqual([{ ...said, now: false }]);
    lake.revision = 'r2';
    await say(said);
    expect(temporal.started).toHaveLength(2);
  });

  it('that takes longer is accepted with the place to poll, where it turns up', async () => {
    let release!: () => void;
    const opened = new Promise<void>((resolve) => (release = resolve));
    const { app, say } = await api(() => opened.then(() => answer));
    const accepted = await say({ ...said, now: true }, 0);
    expect(accepted.statusCode).toBe(202);
    release();
    const late = await app.inject({ url: accepted.headers['location'] as string });
    expect([late.statusCode, late.json()]).toEqual([200, answer]);
  });

  it.each<[object, string, RegExp, number?]>([
    [{ ...said, profiles: ['crm:1', 'crm:1'] }, 'profiles', /name two profiles or more/, 422],
    [{ ...said, author: '  ' }, 'author', /expected/],
    [{ ...said, reason: undefined }, 'reason', /expected/],
    [{ ...said, kind: 'join' }, 'kind', /expected/],
    [{ ...said, profile: 'crm:1' }, 'profile', /unknown field/],
  ])('that lacks something is refused, naming the field: %j', async (payload, field, message, status = 400) => {
    const { say } = await api(async () => answer);
    const response = await say(payload);
    expect(response.statusCode).toBe(status);
    expect(response.json().errors).toEqual([{ field, message: expect.stringMatching(message) }]);
  });

  it.each([
    ['PROFILE_UNKNOWN', 422],
    ['NOTHING_TO_SPLIT', 422],
    ['IDENTITY_ASSERTIONS_CONTRADICT', 409],
  ])('that cannot be kept (%s) is status %i', async (code, status) => {
    const failure = ApplicationFailure.nonRetryable('profiles: no', code, { field: 'profiles' });
    const { say } = await api(() => Promise.reject(failure));
    const response = await say(said);
    expect(response.statusCode).toBe(status);
    expect(response.json().errors).toEqual([{ field: 'profiles', message: 'no' }]);
  });
});

it('lists what was said, so many as are asked for', async () => {
  const { app } = await api(async ({ question }) => ({ assertions: [], asked: question }));
  expect((await app.inject({ url: '/v1/identity/assertions?limit=7' })).json()).toEqual({ assertions: [] });
  expect((await app.inject({ url: '/v1/identity/assertions?limit=0' })).statusCode).toBe(400);
});

it('explains the customer that is named, whatever characters its id has', async () => {
  const explained = { profiles: [], edges: [], weakest: null, changes: [], assertions: [] };
  const { app } = await api(async ({ question }) => ({ ...question, ...explained }));
  const response = await app.inject({ url: `/v1/customers/${encodeURIComponent('c/1 ü')}/identity` });
  expect([response.statusCode, response.json()]).toEqual([200, { customer: 'c/1 ü', ...explained }]);
});

it('a customer that is not there is status 404', async () => {
  const failure = ApplicationFailure.nonRetryable('there is no customer "c-1"', 'NOT_FOUND', { field: 'customer' });
  const { app } = await api(() => Promise.reject(failure));
  expect((await app.inject({ url: '/v1/customers/c-1/identity' })).statusCode).toBe(404);
});
