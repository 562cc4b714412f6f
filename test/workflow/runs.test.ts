import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { hubSchema } from '../../schemas/hub';
import type { Run } from '../../schemas/runs';
import { createApi } from '../../starters/http/app';
import type { App } from '../../starters/http/hub-api';
import { applySchedules } from '../../starters/start/schedules';
import { ENGINE_START_MS } from '../support/engines';
import { withFakeHub } from '../support/fake-hub';
import { bundleWorkflows, startTestTemporal } from '../support/temporal';

const settings = hubSchema.parse({ name: 'Test', timezone: 'Europe/Berlin', nightly: { cron: '30 3 * * *' } });

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let app: App;
beforeAll(async () => {
  [environment, bundle] = await Promise.all([startTestTemporal(), bundleWorkflows()]);
  app = await createApi({
    client: environment.client,
    versions: { version: async () => 4, tableVersion: async () => 4, tableRevision: async () => 'r' },
    weights: { pairs: [], steps: {} },
    settings,
    temporalUiUrl: 'http://temporal.example/',
    models: [],
    siteFolder: join(__dirname, '../../website/dist'),
    logLevel: 'silent',
  });
}, ENGINE_START_MS);
afterAll(async () => {
  await app.close();
  await environment.teardown();
});

async function ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) {
  const response = await app.inject({ method, url, ...(payload && { payload }) });
  return { status: response.statusCode, body: (response.body === '' ? undefined : response.json()) as unknown };
}

/** What is listed once Temporal has indexed a run: it does so soon after it changed. */
async function listedOnceIndexed(query: string, id: string, status: string): Promise<Run[]> {
  for (;;) {
    const { body } = await ask('GET', `/v1/runs?${query}`);
    const { runs } = body as { runs: Run[] };
    if (runs.some((run) => run.id === id && run.status === status)) return runs;
    await environment.sleep(20);
  }
}

it('a night that is started is listed without its parts, tells its stages, and links to the Temporal UI', async () => {
  await withFakeHub(environment, bundle, async () => {
    const started = await ask('POST', '/v1/runs', { workflow: 'nightly', input: { date: '2026-01-31' } });
    const url = 'http://temporal.example/namespaces/default/workflows/nightly-2026-01-31';
    expect(started).toEqual({ status: 201, body: { id: 'nightly-2026-01-31', url } });
    await environment.client.workflow.getHandle('nightly-2026-01-31').result();
    const runs = await listedOnceIndexed('limit=200', 'nightly-2026-01-31', 'completed');
    expect(runs.map(({ workflow }) => workflow)).toEqual(['nightly']);
    expect(runs[0]).toMatchObject({ businessDate: '2026-01-31', url, endedAt: expect.any(String) });
    const { body } = await ask('GET', '/v1/runs/nightly-2026-01-31');
    expect(body).toMatchObject({
      status: 'completed',
      stages: [
        { stage: 'ingest', status: 'done', done: 10, detail: expect.stringContaining('landed') },
        ...['identity', 'load', 'journeys', 'milestones', 'propensities', 'kpis'].map((stage) => ({ stage })),
      ],
      result: { businessDate: '2026-01-31', customers: 2 },
    });
  });
});

it('a night that failed tells why', async () => {
  await withFakeHub(environment, bundle, async ({ failures }) => {
    failures.set('crm', 'crm.csv: the gzip archive is damaged');
    await ask('POST', '/v1/runs', { workflow: 'nightly', input: { date: '2026-02-01', sources: ['crm'] } });
    const id = 'nightly-2026-02-01-crm';
    await environment.client.workflow
      .getHandle(id)
      .result()
      .catch(() => undefined);
    expect((await ask('GET', `/v1/runs/${id}`)).body).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('the gzip archive is damaged'),
    });
    const runs = await listedOnceIndexed('status=failed', id, 'failed');
    expect(runs.map((run) => run.id)).toEqual([id]);
  });
});

it('runs by hand do not overtake each other; a night that goes on is joined; one is called off', async () => {
  // Nobody works: they all wait.
  const night = { workflow: 'nightly', input: { date: '2026-02-02' } };
  expect(await ask('POST', '/v1/runs', night)).toMatchObject({ status: 201 });
  expect(await ask('POST', '/v1/runs', night)).toMatchObject({ status: 201, body: { id: 'nightly-2026-02-02' } });
  const milestones = { workflow: 'recomputeMilestones', input: { mode: 'full' } };
  expect(await ask('POST', '/v1/runs', milestones)).toMatchObject({ status: 201 });
  expect(await ask('POST', '/v1/runs', milestones)).toMatchObject({ status: 409, body: { title: 'Run busy' } });
  expect((await ask('GET', '/v1/runs/nightly-2026-02-02')).body).toMatchObject({ status: 'running', stages: [] });
  for (const id of ['nightly-2026-02-02', 'milestones-by-hand']) {
    expect((await ask('DELETE', `/v1/runs/${id}`)).status).toBe(204);
  }
  await withFakeHub(environment, bundle, async () => {
    await listedOnceIndexed('status=cancelled', 'nightly-2026-02-02', 'cancelled');
  });
  expect((await ask('DELETE', '/v1/runs/nightly-2026-02-02')).status).toBe(204);
});

it.each([
  ['a workflow that is none', { workflow: 'nightlies' }, 'workflow'],
  ['no day', { workflow: 'nightly', input: { date: 'today' } }, 'input.date'],
  ['a field that is none', { workflow: 'scorePropensity', input: { model: 'churn' } }, 'input'],
])('%s is refused by its name', async (_, payload, field) => {
  const { status, body } = await ask('POST', '/v1/runs', payload);
  expect(status).toBe(400);
  expect((body as { errors: { field: string }[] }).errors[0]!.field).toContain(field);
});

it('questions and strangers are no runs', async () => {
  expect(await ask('GET', '/v1/runs/journey-frequency-1')).toMatchObject({ status: 404 });
  expect(await ask('DELETE', '/v1/runs/none')).toMatchObject({ status: 404 });
});

it('a schedule tells when it starts what, is paused with a note, and goes on', async () => {
  await applySchedules(environment.client, settings, 'the hub');
  for (;;) {
    const { body } = await ask('GET', '/v1/schedules');
    const { schedules } = body as { schedules: object[] };
    if (schedules.length === 1) {
      expect(schedules).toMatchObject([
        {
          id: 'nightly',
          workflow: 'nightly',
          zone: 'Europe/Berlin',
          paused: false,
          next: [expect.any(String), expect.any(String), expect.any(String)],
          url: 'http://temporal.example/namespaces/default/schedules/nightly',
        },
      ]);
      break;
    }
    await environment.sleep(20);
  }
  const paused = await ask('PATCH', '/v1/schedules/nightly', { paused: true, note: 'files are late' });
  expect(paused).toMatchObject({ status: 200, body: { paused: true, note: 'files are late', next: [] } });
  expect(await ask('PATCH', '/v1/schedules/nightly', { paused: false })).toMatchObject({ body: { paused: false } });
  expect(await ask('PATCH', '/v1/schedules/monthly', { paused: true })).toMatchObject({ status: 404 });
});
