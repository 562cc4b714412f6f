import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { BuiltInDashboards } from '../../../adapters/local/dashboards/built-in-dashboards';
import { DashboardTickets, dashboardKey } from '../../../adapters/local/dashboards/dashboard-tickets';
import { dashboardSchema } from '../../../schemas/dashboard';
import { createApi } from '../../../starters/http/app';
import type { App } from '../../../starters/http/hub-api';
import { FakeTemporal } from '../../support/fake-temporal';

const KEY = new Uint8Array(32).fill(7);
const dashboards = [
  {
    id: 'care',
    ...dashboardSchema.parse({
      title: 'Care',
      scope: ['city'],
      tiles: [{ kpi: 'contacts', by: 'channel' }, { kpi: 'csat' }],
    }),
  },
];
const tickets = new DashboardTickets(KEY);
const asked: { kpi: string; scope: object }[] = [];
const answer = {
  kpi: {
    ...{ id: 'contacts', title: 'Contacts', unit: 'contacts', group: 'Interact', owner: 'x', direction: 'up' },
    ...{ chart: 'line', filters: ['city'], over: 'sum', sql: 'SELECT 1', parameters: {}, values: {} },
  },
  ...{ from: '2026-01-01', to: '2026-01-02', grain: 'day', series: [], total: null },
};

let app: App;
beforeAll(async () => {
  const temporal = new FakeTemporal(async ({ question }) => {
    asked.push(question as { kpi: string; scope: object });
    return answer;
  });
  app = await createApi({
    client: temporal.asClient,
    versions: { version: async () => 4, tableVersion: async () => 4, tableRevision: async () => 'r' },
    weights: { pairs: [], steps: {} },
    settings: { name: 'Test', timezone: 'UTC' },
    models: [],
    dashboards: {
      dashboards,
      tickets,
      engine: new BuiltInDashboards({ tickets, dashboards, siteUrl: () => 'https://hub.example' }),
    },
    origins: ['https://desk.example'],
    siteFolder: join(__dirname, '../../../website/dist'),
    logLevel: 'silent',
  });
});
afterAll(() => app.close());
beforeEach(() => (asked.length = 0));

async function embed(payload?: object, dashboard = 'care') {
  const response = await app.inject({
    method: 'POST',
    url: `/v1/dashboards/${dashboard}/embed`,
    ...(payload && { payload }),
  });
  return { status: response.statusCode, body: response.json<{ url: string; detail: string; expiresAt: string }>() };
}

async function look(token: string, query = '') {
  const headers = { authorization: `Bearer ${token}` };
  const response = await app.inject({ url: `/v1/embedded-dashboard${query}`, headers });
  return { status: response.statusCode, headers: response.headers, body: response.json<{ title: string }>() };
}

const tokenOf = (url: string) => url.split('#')[1]!;

it('an address shows a dashboard within the scope that it was made for, whatever the page asks for', async () => {
  const { status, body } = await embed({ viewer: { kind: 'anonymous', scope: { city: ['Bonn', 'Ulm'] } } });
  expect([status, body.url]).toEqual([201, expect.stringMatching(/^https:\/\/hub\.example\/embed\.html#\S+$/)]);
  const seen = await look(tokenOf(body.url), '?city=Berlin&scope=all');
  expect(seen).toMatchObject({ status: 200, body: { title: 'Care', tiles: [{ by: 'channel' }, {}] } });
  expect(seen.headers['cache-control']).toBe('no-store');
  expect(asked.map(({ kpi, scope }) => [kpi, scope])).toEqual([
    ['contacts', { city: ['Bonn', 'Ulm'] }],
    ['csat', { city: ['Bonn', 'Ulm'] }],
  ]);
});

it('an address lasts an hour unless it is said otherwise', async () => {
  const { body } = await embed();
  expect(Date.parse(body.expiresAt) - Date.now()).toBeLessThanOrEqual(3_600_000);
  expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
});

it.each([
  [
    'of a time that is over',
    () => tickets.sign({ dashboard: 'care', scope: {}, filters: {}, expiresAt: Date.now() - 60_000 }),
    'expired',
  ],
  [
    'of another key',
    () =>
      new DashboardTickets(new Uint8Array(32)).sign({
        dashboard: 'care',
        scope: {},
        filters: {},
        expiresAt: Date.now() + 60_000,
      }),
    'not of this hub',
  ],
  [
    'without a signature',
    async () =>
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"dashboard":"care","exp":9999999999}').toString('base64url')}.`,
    'not of this hub',
  ],
  [
    'for something else',
    () =>
      new SignJWT({ dashboard: 'care' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('journey-hub')
        .setAudience('api')
        .setExpirationTime('1h')
        .sign(KEY),
    'not of this hub',
  ],
  [
    'that never ends',
    () =>
      new SignJWT({ dashboard: 'care' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('journey-hub')
        .setAudience('journey-hub/dashboards')
        .sign(KEY),
    'not of this hub',
  ],
])('a ticket %s opens nothing', async (_, make, why) => {
  expect(await look(await make())).toMatchObject({ status: 401, body: { detail: expect.stringContaining(why) } });
  expect(asked).toEqual([]);
});

it('nothing is opened without a ticket', async () => {
  expect((await app.inject({ url: '/v1/embedded-dashboard' })).statusCode).toBe(401);
});

it.each([
  ['a dashboard that is none', {}, 'cares', 404, 'there are care'],
  [
    'a scope that the dashboard cannot hold',
    { viewer: { kind: 'anonymous', scope: { region: ['x'] } } },
    'care',
    422,
    'it has city',
  ],
  ['a filter that it does not have', { filters: { region: ['x'] } }, 'care', 422, 'filters.region'],
  ['a value that tags cannot have', { viewer: { kind: 'anonymous', scope: { city: ['a|b'] } } }, 'care', 422, 'no "|"'],
  ['a user, whom the hub does not know', { viewer: { kind: 'registered', user: 'kim' } }, 'care', 422, 'viewer.kind'],
  ['no minutes', { minutes: 0 }, 'care', 400, 'minutes'],
])('%s is refused by name', async (_, payload, dashboard, status, detail) => {
  expect(await embed(payload, dashboard)).toMatchObject({ status, body: { detail: expect.stringContaining(detail) } });
});

it('only pages of the named origins may ask, and show what is embedded', async () => {
  const ask = (origin: string) => app.inject({ url: '/v1/dashboards', headers: { origin } });
  expect((await ask('https://desk.example')).headers['access-control-allow-origin']).toBe('https://desk.example');
  expect((await ask('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
  const policy = async (path: string) => (await app.inject({ url: path })).headers['content-security-policy'];
  expect(await policy('/embed.html')).toContain("frame-ancestors 'self' https://desk.example");
  expect(await policy('/index.html')).toMatch(/frame-ancestors 'self'$/);
});

it('the module of the widgets may be read by every page, and is asked for again; no other file may', async () => {
  const load = async (url: string) => (await app.inject({ url, headers: { origin: 'https://any.example' } })).headers;
  expect(await load('/widgets.js')).toMatchObject({
    ...{ 'access-control-allow-origin': '*', 'cache-control': 'no-cache' },
    'content-type': expect.stringContaining('javascript'),
  });
  expect(await load('/index.html')).not.toHaveProperty('access-control-allow-origin');
  const named = (await app.inject({ url: '/widgets.js', headers: { origin: 'https://desk.example' } })).headers;
  expect(['*', 'https://desk.example']).toContain(named['access-control-allow-origin']);
});

it('the key is made once, kept from others, and may be given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'journey-hub-key-'));
  const path = join(folder, 'secrets', 'embed-key');
  const [one, two] = await Promise.all([dashboardKey(path, {}), dashboardKey(path, {})]);
  expect(one).toEqual(two);
  expect(Buffer.from(one).toString('base64')).toBe(await readFile(path, 'utf8'));
  expect((await stat(path)).mode & 0o077).toBe(0);
  expect(await dashboardKey(path, { HUB_EMBED_KEY: Buffer.from(KEY).toString('base64') })).toEqual(Buffer.from(KEY));
  await expect(dashboardKey(path, { HUB_EMBED_KEY: 'short' })).rejects.toMatchObject({ code: 'EMBED_KEY_INVALID' });
  await rm(folder, { recursive: true });
});
