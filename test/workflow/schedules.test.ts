import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { hubSchema } from '../../schemas/hub';
import { hubId } from '../../starters/start/hub-id';
import { applySchedules, NIGHTLY_SCHEDULE } from '../../starters/start/schedules';
import { ENGINE_START_MS } from '../support/engines';
import { startTestTemporal } from '../support/temporal';

let environment: TestWorkflowEnvironment;
let dataFolder: string;
beforeAll(async () => {
  [environment, dataFolder] = await Promise.all([startTestTemporal(), mkdtemp(join(tmpdir(), 'journey-hub-'))]);
}, ENGINE_START_MS);
afterAll(async () => {
  await Promise.all([environment.teardown(), rm(dataFolder, { recursive: true, force: true })]);
});

it('a hub without a data folder that lasts is known by HUB_ID; one with a folder, by what is kept there', async () => {
  expect(await hubId({ dataFolder }, { HUB_ID: 'the bucket' })).toBe('the bucket');
  const made = await hubId({ dataFolder }, {});
  expect(await hubId({ dataFolder }, {})).toBe(made);
});

it('schedules are what the settings say, as often as they are applied, and another hub’s are left alone', async () => {
  const { client } = environment;
  const settings = hubSchema.parse({ name: 'Test', timezone: 'Europe/Berlin', nightly: { cron: '30 3 * * *' } });
  await applySchedules(client, settings, 'the bucket');
  await applySchedules(client, settings, 'the bucket');
  const { memo, spec } = await client.schedule.getHandle(NIGHTLY_SCHEDULE).describe();
  expect([memo, spec.timezone]).toEqual([{ hub: 'the bucket' }, 'Europe/Berlin']);
  await expect(applySchedules(client, settings, 'another')).rejects.toMatchObject({ code: 'NAMESPACE_IN_USE' });
});
