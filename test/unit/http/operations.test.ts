import { FakeTemporal } from '../../support/fake-temporal';
import { createTestApi } from '../../support/test-api';

const versions = { version: async () => 1, tableVersion: async () => 1, tableRevision: async () => 'r' };

async function ask(url: string, parts: Parameters<typeof createTestApi>[0] = {}) {
  const app = await createTestApi(parts);
  const response = await app.inject(url);
  await app.close();
  return response;
}

function without(failure: Error) {
  const temporal = new FakeTemporal(async () => ({}));
  temporal.failure = failure;
  return { client: temporal.asClient };
}

it('a process lives whatever it depends on', async () => {
  const response = await ask('/healthz', without(new Error('gone')));
  expect([response.statusCode, response.json()]).toEqual([200, { status: 'ok' }]);
});

it('a process is ready when all that it needs answers', async () => {
  const response = await ask('/readyz');
  expect([response.statusCode, response.json()]).toEqual([
    200,
    { status: 'ready', checks: [{ name: 'temporal' }, { name: 'lake' }] },
  ]);
});

it('what does not answer is named, without what it said', async () => {
  const lake = { ...versions, version: () => Promise.reject(new Error('no such file: /secret/path')) };
  const response = await ask('/readyz', { ...without(new Error('10.0.0.7 refused')), versions: lake });
  expect([response.statusCode, response.json()]).toEqual([
    503,
    {
      status: 'not ready',
      checks: [
        { name: 'temporal', problem: 'does not answer' },
        { name: 'lake', problem: 'does not answer' },
      ],
    },
  ]);
});

it('what never answers is not waited for', async () => {
  const lake = { ...versions, version: () => new Promise<number>(() => undefined) };
  expect((await ask('/readyz', { versions: lake })).statusCode).toBe(503);
});

it('a method that a path does not have is refused with those that it has', async () => {
  const app = await createTestApi();
  const refused = await app.inject({
    method: 'PUT',
    url: '/v1/runs',
    headers: { 'content-type': 'text/x' },
    payload: 'x',
  });
  expect([refused.statusCode, refused.headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
  expect(refused.json<{ type: string }>().type).toBe('urn:journey-hub:problem:method-not-allowed');
  const unknown = await app.inject({ method: 'PUT', url: '/v1/nothing' });
  expect(unknown.statusCode).toBe(404);
  await app.close();
});
