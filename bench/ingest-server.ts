import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { FolderSegmentLog } from '../adapters/local/ingest/folder-segment-log';
import { sourceSchema } from '../schemas/source';
import { PostedEvents } from '../starters/events/posted-events';
import { createApi } from '../starters/http/app';
import { projectFolder } from './peers';

/** The API in a process of its own, which takes events of `urn:bench` and tells nobody of them. Called with a landing folder and a port. */
async function main([landingFolder, port]: readonly string[]): Promise<void> {
  const source = sourceSchema.parse({
    ...{ name: 'bench', title: 'Bench', stream: { cloudevents: ['urn:bench'] } },
    events: {
      ...{ id: 'id', type: 'type', channel: { value: 'api' }, profile: 'subject' },
      time: { column: 'time', zone: 'offset-in-value' },
    },
  });
  const log = new FolderSegmentLog({ landingFolder: landingFolder!, sources: [source.name], onSegment: () => {} });
  const app = await createApi({
    client: {} as Client,
    versions: { version: async () => 1, tableVersion: async () => 1, tableRevision: async () => '' },
    weights: { pairs: [], steps: {} },
    settings: { name: 'Bench', timezone: 'UTC' },
    models: [],
    events: new PostedEvents([source], log),
    siteFolder: join(projectFolder, 'website', 'dist'),
    logLevel: 'warn',
  });
  process.once('SIGTERM', () => void app.close().then(() => log.close()));
  await app.listen({ host: '127.0.0.1', port: Number(port) });
}

void main(process.argv.slice(2));
