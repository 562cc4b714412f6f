import { join } from 'node:path';
import { DuckDb } from '../adapters/local/duckdb';
import type { Hub } from '../adapters/local/hub-folder';
import { HttpWebhooks } from '../adapters/webhooks/http-webhooks';
import type { Webhooks } from '../ports/webhooks';

/** The DuckDB of a worker, with what hub.yaml gives it. */
export function startDuckDb(hub: Hub): Promise<DuckDb> {
  const { duckdbMemoryMb, threads } = hub.settings.worker;
  return DuckDb.start({ memoryMb: duckdbMemoryMb, threads, tempFolder: join(hub.dataFolder, 'tmp') });
}

/** The systems that are told of milestones; secrets are in the environment. */
export function openWebhooks({ settings: { webhooks, name } }: Hub, environment: NodeJS.ProcessEnv): Webhooks {
  return new HttpWebhooks({ webhooks, hub: name, environment });
}
