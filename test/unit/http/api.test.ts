import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { journeyFrequencyQuestion } from '../../../schemas/frequency';
import { createApi } from '../../../starters/http/app';
import type { App } from '../../../starters/http/hub-api';
import type { LakeVersions } from '../../../ports/lake';
import { FakeTemporal } from '../../support/fake-temporal';

const PATH = '/v1/reports/journey-frequency';
const ANSWER = { journeys: [], positions: [], customers: 3, timings: { countMs: 1 } };

class Versions implements LakeVersions {
  revision = 'r1';
  version = async () => 4;
  tableVersion = async () => 4;
  tableRevision = async () => this.revision;
}

interface Given {
  readonly work?: (request: { question: object }) => Promise<unknown>;
  readonly revision?: string;
}

const apps: App[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

async function api({ work = async () => ANSWER, revision = 'r1' }: Given = {}) {
  const temporal = new FakeTemporal(work);
  const versions = new Versions();
  versions.revision = revision;
  const app = await createApi({
    client: temporal.asClient,
    versions,
    weights: { pairs: [], steps: {} },
    settings: { name: 'Test', timezone: 'UTC', firstQuestion: { event: 'churn', as: 'end', steps: 6, top: 5 } },
    models: ['churn'],
    siteFolder: join(__dirname, '../../../website/dist'),
    logLevel: 'silent',
  });
  apps.push(app);
  const ask = (payload: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: PATH,
      headers: { 'content-type': 'application/json', ...headers },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });
  return { app, ask, temporal, versions };
}

/** Something that stays unfinished until it is released. */
function gate() {
  let release!: () => void;
  const opened = new Promise<void>((resolve) => (release = resolve));
  return { opened, release };
}

describe('a report', () => {
  it('is answered at once when it is ready in time, and says where it stays', async () => {
    const { ask } = await api();
    const response = await ask({ event: 'churn' });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual(ANSWER);
    expect(response.headers['location']).toMatch(/^\/v1\/reports\/journey-frequency\/journey-frequency-[0-9a-f]{24}$/);
  });

  it('that takes longer is accepted with the place to poll, where it turns up', async () => {
    const { opened, release } = gate();
    const { app, ask } = await api({ work: () => opened.then(() => ANSWER) });
    const accepted = await ask({ event: 'churn' }, { prefer: 'wait=0' });
    expect(accepted.statusCode).toBe(202);
    expect(accepted.headers['retry-after']).toBe('1');
    const location = accepted.headers['location'] as string;
    expect(accepted.json()).toEqual({ id: location.slice(PATH.length + 1), status: 'running', poll: location });
    const early = await app.inject({ url: location, headers: { prefer: 'wait=0' } });
    expect(early.statusCode).toBe(202);
    release();
    const late = await app.inject({ url: location });
    expect(late.statusCode).toBe(200);
    expect(late.json()).toEqual(ANSWER);
  });

  it('of an equal question about the same data is the same one, whatever the order of its fields', async () => {
    const { ask, temporal } = await api();
    const groups = { talk: ['call'], web: ['login'] };
    const first = await ask({ event: 'churn', as: 'end', steps: 6, top: 20, groups });
    const again = await ask({ top: 20, groups: { web: ['login'], talk: ['call'] }, event: 'churn' });
    expect(again.headers['location']).toBe(first.headers['location']);
    expect(again.json()).toEqual(ANSWER);
    expect(temporal.started).toHaveLength(1);
  });

  it('of another question, or about other data, is another one', async () => {
    const { ask, versions, temporal } = await api();
    await ask({ event: 'churn' });
    await ask({ event: 'churn', steps: 7 });
    versions.revision = 'r2';
    await ask({ event: 'churn' });
    expect(new Set(temporal.started).size).toBe(3);
  });

  it('that does not exist is not found', async () => {
    const { app } = await api();
    const response = await app.inject({ url: `${PATH}/journey-frequency-${'0'.repeat(24)}` });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ type: 'urn:journey-hub:problem:not-found', title: 'Not found' });
  });

  it('can be called off while it runs, and then says so', async () => {
    const { app, ask } = await api({ work: () => new Promise(() => undefined) });
    const accepted = await ask({ event: 'churn' }, { prefer: 'wait=0' });
    const url = accepted.headers['location'] as string;
    // Many clients call every body JSON, also where there is none.
    const headers = { 'content-type': 'application/json' };
    expect((await app.inject({ method: 'DELETE', url, headers })).statusCode).toBe(204);
    const gone = await app.inject({ url });
    expect(gone.statusCode).toBe(410);
    expect(gone.json().detail).toBe('the report was called off');
  });

  it('that is answered stays when it is called off', async () => {
    const { app, ask } = await api();
    const url = (await ask({ event: 'churn' })).headers['location'] as string;
    expect((await app.inject({ method: 'DELETE', url })).statusCode).toBe(204);
    expect((await app.inject({ url })).json()).toEqual(ANSWER);
    const unknown = await app.inject({ method: 'DELETE', url: `${PATH}/journey-frequency-${'0'.repeat(24)}` });
    expect(unknown.statusCode).toBe(404);
  });

  it('can be downloaded as a table', async () => {
    const journeys = [{ steps: ['a, "b"', 'c'], count: 2, share: 0.5, medianMs: 10, p90Ms: 20 }];
    const { app, ask } = await api({ work: async () => ({ ...ANSWER, journeys }) });
    const url = `${(await ask({ event: 'churn' })).headers['location'] as string}/table`;
    const csv = await app.inject({ url });
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.headers['content-disposition']).toMatch(/^attachment; filename="journey-frequency-[0-9a-f]+\.csv"$/);
    const [header, row] = csv.body.split('\n');
    expect(header).toBe('steps,count,share,shareOfAll,medianMs,p90Ms');
    expect(row).toBe(`"${JSON.stringify(['a, "b"', 'c']).replaceAll('"', '""')}",2,0.5,,10.0,20.0`);
    const parquet = await app.inject({ url: `${url}?format=parquet` });
    expect(parquet.rawPayload.subarray(0, 4).toString()).toBe('PAR1');
    expect((await app.inject({ url: `${url}?format=xls` })).json().errors[0].field).toBe('format');
  });

  it('that was called off cannot be downloaded', async () => {
    const { app, ask } = await api({ work: () => new Promise(() => undefined) });
    const location = (await ask({ event: 'churn' }, { prefer: 'wait=0' })).headers['location'] as string;
    await app.inject({ method: 'DELETE', url: location });
    expect((await app.inject({ url: `${location}/table` })).statusCode).toBe(410);
  });

  it('cannot be asked of a hub without data', async () => {
    const { ask } = await api({ revision: '' });
    const response = await ask({ event: 'churn' });
    expect(response.statusCode).toBe(503);
    expect(response.json().detail).toContain('hub run nightly');
  });
});

describe('a problem', () => {
  it.each([
    ['steps below the least', { event: 'churn', steps: 0 }, 'steps'],
    ['steps beyond the most', { event: 'churn', steps: 1000 }, 'steps'],
    ['a value of the wrong kind', { event: 7 }, 'event'],
    ['a missing field', {}, 'event'],
    ['an unknown choice', { event: 'churn', as: 'middle' }, 'as'],
  ])('names the field of %s', async (_name, question, field) => {
    const { ask, temporal } = await api();
    const response = await ask(question);
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json().errors).toEqual([{ field, message: expect.any(String) }]);
    expect(temporal.started).toEqual([]);
  });

  it('names a field nobody knows, and what is wrong within a field', async () => {
    const { app, ask } = await api();
    const unknown = await ask({ event: 'churn', stepz: 3 });
    expect(unknown.statusCode).toBe(400);
    expect(unknown.json().errors).toEqual([{ field: 'stepz', message: 'unknown field' }]);
    const payload = { event: 'churn', of: { bla: 1 } };
    const nested = await app.inject({ method: 'POST', url: '/v1/reports/journey-list', payload });
    expect(nested.json().errors[0].field).toMatch(/^of\./);
    const empty = await ask([]);
    expect(empty.json().errors).toEqual([{ field: 'body', message: expect.stringMatching(/^expected object/) }]);
  });

  it('of a URL that is none, and of too much, has the same shape', async () => {
    const { app, ask } = await api();
    const url = await app.inject({ url: `${PATH}/%E0%A4%A` });
    expect(url.json()).toMatchObject({ type: 'urn:journey-hub:problem:input-invalid', status: 400 });
    expect(url.headers['content-type']).toContain('application/problem+json');
    const large = await ask({ event: 'x'.repeat(2_000_000) });
    expect(large.json()).toMatchObject({ type: 'urn:journey-hub:problem:body-too-large', status: 413 });
  });

  it('with a server that is gone says that it may be over in a moment', async () => {
    const { ask, temporal } = await api();
    temporal.failure = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });
    const response = await ask({ event: 'churn' });
    expect(response.statusCode).toBe(503);
    expect(response.json().detail).toContain('Temporal server');
  });

  it('of malformed JSON, and of another media type, is a 4xx that says so', async () => {
    const { ask } = await api();
    const malformed = await ask('{"event":');
    expect(malformed.statusCode).toBe(400);
    expect(malformed.json().detail).toMatch(/JSON/);
    const xml = await ask('<event/>', { 'content-type': 'application/xml' });
    expect(xml.statusCode).toBe(415);
    expect(xml.headers['content-type']).toContain('application/problem+json');
  });

  it('found by the analysis passes through with its field', async () => {
    const details = [{ field: 'event' }];
    const work = async () => {
      throw ApplicationFailure.create({ type: 'EVENT_UNKNOWN', message: 'event: did you mean "churn"?', details });
    };
    const { ask } = await api({ work });
    const response = await ask({ event: 'chrun' });
    expect(response.statusCode).toBe(422);
    expect(response.json()).toMatchObject({
      type: 'urn:journey-hub:problem:event-unknown',
      detail: 'event: did you mean "churn"?',
      errors: [{ field: 'event', message: 'did you mean "churn"?' }],
    });
  });

  it('of the hub itself tells no internals', async () => {
    const work = async () => {
      throw ApplicationFailure.create({ type: 'LAKE_QUERY_FAILED', message: 'SELECT secret FROM somewhere' });
    };
    const { ask } = await api({ work });
    const response = await ask({ event: 'churn' });
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('secret');
  });
});

describe('what webhooks could not be told', () => {
  const url = '/v1/notifications/retry';

  it('is all taken up again by a request without a body', async () => {
    const { app } = await api();
    expect((await app.inject({ method: 'POST', url })).json()).toEqual({ retried: [] });
  });

  it.each(['half a character: \ud800', ''])('is refused by an id that none can be: %j', async (id) => {
    const { app } = await api();
    const response = await app.inject({ method: 'POST', url, payload: { ids: [id] } });
    expect([response.statusCode, response.json().errors[0].field]).toEqual([400, 'ids.0']);
  });
});

it('a funnel of milestones takes no longer than a hundred years', async () => {
  const { app } = await api();
  const payload = { milestones: ['a', 'b'], withinHours: 1e308 };
  const response = await app.inject({ method: 'POST', url: '/v1/reports/milestone-funnel', payload });
  expect([response.statusCode, response.json().errors[0].field]).toEqual([400, 'withinHours']);
});

describe('the API', () => {
  it('describes itself in OpenAPI 3.1, errors and headers included', async () => {
    const { app } = await api();
    const document = (await app.inject({ url: '/openapi.json' })).json();
    expect(document.openapi).toMatch(/^3\.1/);
    const { post } = document.paths[PATH];
    expect(Object.keys(post.responses).sort()).toEqual(['200', '202', 'default']);
    expect(Object.keys(post.responses.default.content)).toEqual(['application/problem+json']);
    expect(post.responses['202'].headers).toHaveProperty('location');
    expect(JSON.stringify(document)).not.toContain(String(Number.MIN_SAFE_INTEGER));
    expect(post.parameters).toEqual([expect.objectContaining({ in: 'header', name: 'prefer' })]);
    const { properties } = post.requestBody.content['application/json'].schema;
    expect(Object.keys(properties)).toEqual(Object.keys(journeyFrequencyQuestion.shape));
  });

  it('describes every schema that it refers to', async () => {
    const { app } = await api();
    const document = (await app.inject({ url: '/openapi.json' })).json();
    const references = JSON.stringify(document).match(/"#\/components\/schemas\/[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(0);
    const names = references.map((reference) => (JSON.parse(reference) as string).split('/').at(-1) as string);
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(names));
  });

  it('has documentation for people, and the website at its root', async () => {
    const { app } = await api();
    const docs = await app.inject({ url: '/docs/' });
    expect(docs.statusCode).toBe(200);
    expect(docs.body).toContain('Journey Hub API');
    const page = await app.inject({ url: '/' });
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).toContain('<title>Journey Hub</title>');
  });

  it('the website’s files are kept by browsers for ever if their names say what is in them, and run nothing but themselves', async () => {
    const { app } = await api();
    const page = await app.inject({ url: '/' });
    const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(page.body)![1]!;
    expect(page.headers).toMatchObject({
      'cache-control': 'no-cache',
      'content-security-policy': expect.stringMatching(/^default-src 'self'; (?!.*unsafe-).*frame-ancestors 'self'$/),
      'x-content-type-options': 'nosniff',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
    const { headers } = await app.inject({ url: script });
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it('tells a page what this hub is asked first', async () => {
    const { app } = await api();
    const hub = (await app.inject({ url: '/v1/hub' })).json();
    expect(hub).toMatchObject({ name: 'Test', firstQuestion: { event: 'churn' } });
  });
});
