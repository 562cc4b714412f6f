import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import { ApiKeys, type NewKey } from '../../adapters/files/access/api-keys';
import { permissionsOf, type Permission } from '../../core/access/permissions';
import type { AuditEntry } from '../../core/audit/entry';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import type { AuditLog } from '../../ports/audit-log';
import type { ObjectStore } from '../../ports/object-store';
import { permission } from '../../schemas/access';
import type { ApiDependencies, App } from '../../starters/http/hub-api';
import { FakeTemporal } from '../support/fake-temporal';
import { createTestApi } from '../support/test-api';

const permissions = permission.options;

let folder: string;
let objects: ObjectStore;
let keys: ApiKeys;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-access-'));
  objects = await openFolderObjectStore(folder);
  keys = new ApiKeys(objects);
});
afterAll(async () => {
  await objects.close();
  await rm(folder, { recursive: true, force: true });
});

/** Keeps entries in memory; or fails, as on a disk that is full. */
class MemoryAudit implements AuditLog {
  readonly kept: AuditEntry[] = [];
  failure: Error | undefined;

  append(entry: AuditEntry): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.kept.push(entry);
    return Promise.resolve();
  }

  async *entries() {}

  check = () => Promise.resolve({ entries: this.kept.length, broken: [] });
  close = () => Promise.resolve();
}

let app: App;
let audit: MemoryAudit;
let questions: object[];
const gate = { callerOf: async (token: string) => (await keys.callerOf(token))! };
const noMilestones = { milestones: [], problems: [] };
const asked = async (
  answer: object = noMilestones,
  parts: Partial<ApiDependencies> = {},
  requestsPerMinute = 1_000,
) => {
  audit = new MemoryAudit();
  questions = [];
  const temporal = new FakeTemporal(async ({ question }) => {
    questions.push(question);
    return answer;
  });
  app = await createTestApi({ client: temporal.asClient, guard: { gate, audit, requestsPerMinute }, ...parts });
  return app;
};
afterEach(() => app?.close());

const tokenOf = async (may: readonly Permission[], rest: Partial<NewKey> = {}) =>
  (await keys.create({ name: 'desk', may, ...rest })).token;

const get = (url: string, token?: string) =>
  app.inject({ url, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

const problemOf = (response: LightMyRequestResponse) =>
  [response.statusCode, response.json<{ type: string }>().type.split(':').at(-1)] as const;

const identity = {
  customer: 'C1',
  profiles: [
    {
      ...{ profile: 'crm:1', source: 'crm', method: 'm', rule: 'r', confidence: 1, since: '2026-01-01T00:00:00.000Z' },
      fields: { given_name: 'Ada', email: 'ada@example.com', phone: '+49 170 1234567', birth_date: '1985-12-10' },
    },
  ],
  ...{ edges: [], weakest: null, changes: [], assertions: [] },
};

describe('every route of the API', () => {
  const OPEN = ['/healthz', '/readyz', '/v1/health', '/v1/hub', '/v1/embedded-dashboard'];

  it('asks callers who they are, unless it tells what everybody may know', async () => {
    await asked();
    const paths = (await get('/openapi.json')).json<{ paths: Record<string, Record<string, unknown>> }>().paths;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase() as 'GET', path.replaceAll(/\{\w+\}/g, 'x')] as const),
    );
    expect(routes.length).toBeGreaterThan(40);
    for (const [method, url] of routes) {
      const response = await app.inject({ method, url });
      const isAsked = problemTypeOf(response) === 'access-token-missing';
      expect([method, url, isAsked]).toEqual([method, url, !OPEN.includes(url)]);
    }
  });

  it('lets nobody do what they may not', async () => {
    await asked();
    const may = await tokenOf(['answers:read']);
    for (const [method, url] of [
      ['POST', '/v1/runs'],
      ['GET', '/v1/quarantine/rows'],
      ['POST', '/v1/customers/search'],
      ['GET', '/v1/reports/journey-list/journey-list-0123456789abcdef01234567'],
      ['POST', '/v1/propensity-models/churn/decisions'],
    ] as const) {
      const response = await app.inject({ method, url, headers: { authorization: `Bearer ${may}` } });
      expect([url, ...problemOf(response)]).toEqual([url, 403, 'access-denied']);
    }
    expect((await get('/v1/milestones', may)).statusCode).toBe(200);
  });

  function problemTypeOf(response: LightMyRequestResponse): string | undefined {
    const isProblem = String(response.headers['content-type']).startsWith('application/problem+json');
    return isProblem ? problemOf(response)[1] : undefined;
  }
});

it('every role may what the one below it may, and the admin everything', () => {
  const viewer = permissionsOf('viewer');
  for (const role of ['strategist', 'data-engineer'] as const) {
    expect(permissionsOf(role)).toEqual(expect.arrayContaining([...viewer]));
    expect(permissionsOf('admin')).toEqual(expect.arrayContaining([...permissionsOf(role)]));
  }
  expect([...permissionsOf('admin')].sort()).toEqual([...permissions].sort());
});

it('what is no token of the hub is told how to say who one is', async () => {
  await asked();
  for (const authorization of ['', 'Basic eDp5', 'Bearer', 'Bearer jhk_000000000000_x']) {
    const response = await app.inject({ url: '/v1/kpis', headers: { authorization } });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
  }
});

describe('who may not know customers in life', () => {
  it('sees what tells them apart, and no more', async () => {
    await asked(identity);
    const response = await get('/v1/customers/C1/identity', await tokenOf(['customers:read']));
    expect(response.json<typeof identity>().profiles[0]!.fields).toEqual({
      given_name: 'A•••',
      email: 'a•••@example.com',
      phone: '•••567',
      birth_date: '1985',
    });
  });

  it('others see them as they are', async () => {
    await asked(identity);
    const response = await get('/v1/customers/C1/identity', await tokenOf(['customers:read', 'customers:identify']));
    expect(response.json()).toEqual(identity);
  });
});

describe('who sees only some rows', () => {
  const rows = { region: ['north', 'west'] };

  it('has KPIs of these alone, whatever they ask', async () => {
    await asked();
    await get('/v1/kpis/csat?scope=%7B%7D&region=south', await tokenOf(['answers:read'], { rows }));
    expect(questions).toMatchObject([{ kpi: 'csat', scope: rows }]);
  });

  it('is refused what cannot be held to them', async () => {
    await asked();
    const limited = await tokenOf(permissions, { rows });
    for (const url of ['/v1/kpis', '/v1/milestones', '/v1/customers/C1/identity', '/v1/runs']) {
      expect(problemOf(await get(url, limited))).toEqual([403, 'access-denied']);
    }
  });

  it('lets others see these at most', async () => {
    const embedded: object[] = [];
    const engine = {
      embed: (request: object) => {
        embedded.push(request);
        return Promise.resolve({ url: 'https://hub.example/embed', expiresAt: 0 });
      },
      close: () => Promise.resolve(),
    };
    await asked({}, { dashboards: { dashboards: [], engine, tickets: undefined as never } });
    const limited = await tokenOf(permissions, { rows });
    const embed = (viewer?: object) =>
      app.inject({
        method: 'POST',
        url: '/v1/dashboards/cx/embed',
        headers: { authorization: `Bearer ${limited}` },
        payload: viewer === undefined ? {} : { viewer },
      });
    const scoped = (...region: string[]) => embed({ kind: 'anonymous', scope: { region } });
    expect((await embed()).statusCode).toBe(201);
    expect((await scoped('west', 'south')).statusCode).toBe(201);
    expect(embedded).toMatchObject([
      { viewer: { sessionTags: { region: 'north|west' } } },
      { viewer: { sessionTags: { region: 'west' } } },
    ]);
    expect(problemOf(await scoped('south'))).toEqual([403, 'access-denied']);
    expect(problemOf(await embed({ kind: 'registered', user: 'boss' }))).toEqual([403, 'access-denied']);
  });
});

it('who asks too often is told when to come back, and holds up nobody else', async () => {
  await asked(noMilestones, {}, 2);
  const [often, seldom] = [await tokenOf(['answers:read'], { name: 'often' }), await tokenOf(['answers:read'])];
  for (const expected of [200, 200]) expect((await get('/v1/milestones', often)).statusCode).toBe(expected);
  const refused = await get('/v1/milestones', often);
  expect(problemOf(refused)).toEqual([429, 'rate-limited']);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect((await get('/v1/milestones', seldom)).statusCode).toBe(200);
});

describe('the audit log', () => {
  it('has who saw which customers', async () => {
    const found = ['C3', 'C2', 'C3'].map((customer) => ({ customer, by: 'phone', name: 'Ada L.', profiles: 1 }));
    await asked({ customers: found, more: false });
    const authorization = `Bearer ${await tokenOf(['customers:read', 'answers:read'])}`;
    const search = { method: 'POST', url: '/v1/customers/search', headers: { authorization } } as const;
    expect((await app.inject({ ...search, payload: { text: '+49 170 1234567' } })).statusCode).toBe(200);
    await app.inject({ url: '/v1/schedules', headers: { authorization } });
    expect(audit.kept).toEqual([
      {
        ...{ at: expect.any(String) as string, caller: 'key:desk', from: '127.0.0.1', status: 200, others: 0 },
        action: 'POST /v1/customers/search',
        customers: ['C2', 'C3'],
      },
    ]);
  });

  it('has who was refused', async () => {
    await asked();
    await get('/v1/customers/C1/identity');
    await get('/v1/customers/C1/identity', await tokenOf(['answers:read']));
    expect(audit.kept).toMatchObject([
      { caller: 'unknown', status: 401, customers: ['C1'] },
      { caller: 'unknown', status: 403, customers: ['C1'] },
    ]);
  });

  it('is written before anybody is answered: where it cannot be, nobody is', async () => {
    await asked(identity);
    audit.failure = new Error('no space left on device');
    const response = await get('/v1/customers/C1/identity', await tokenOf(permissions));
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('Ada');
    expect(response.headers['content-type']).toContain('application/problem+json');
  });
});
