import { join } from 'node:path';
import { createApi } from '../../starters/http/app';
import type { ApiDependencies, App } from '../../starters/http/hub-api';
import { FakeTemporal } from './fake-temporal';

/** The API of a hub that answers every question with nothing, beside what a test is about. */
export function createTestApi(parts: Partial<ApiDependencies> = {}): Promise<App> {
  return createApi({
    client: new FakeTemporal(async () => ({})).asClient,
    versions: { version: async () => 1, tableVersion: async () => 1, tableRevision: async () => 'r' },
    weights: { pairs: [], steps: {} },
    settings: { name: 'Test', timezone: 'UTC' },
    models: [],
    siteFolder: join(__dirname, '../../website/dist'),
    logLevel: 'silent',
    ...parts,
  });
}
