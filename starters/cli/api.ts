import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { loadHub } from '../../adapters/local/hub-folder';
import { openGuard } from '../../workers/hub-access';
import { openSegmentLog } from '../../workers/segment-log';
import { openLakeVersions } from '../../workers/shared-objects';
import { openDashboards } from '../../workers/dashboards';
import { PostedEvents } from '../events/posted-events';
import { SegmentAnnouncer } from '../events/segment-announcer';
import { createApi } from '../http/app';
import type { App } from '../http/hub-api';
import { packageFolder } from '../../workers/package-folder';
import { connectClient, engineAddresses, withHubOption } from './connection';
import { wholeNumber } from './events-options';
import { onStopSignal } from './signals';

const LOOPBACKS = new Set(['127.0.0.1', '::1', 'localhost']);
const siteFolder = join(packageFolder, 'website', 'dist');

/** `hub api`: serves the API, as `hub start` runs it and as a deployment would. */
export function apiCommand(program: Command): void {
  withHubOption(program.command('api'))
    .description('serve the API, its documentation and the website')
    .option('--port <port>', "the port; hub.yaml's by default")
    .addOption(
      new Option(
        '--host <host>',
        'the address to listen at: open others than this machine only where api.access.required is true, or to a load balancer that verifies tokens',
      )
        .env('HUB_API_HOST')
        .default('127.0.0.1'),
    )
    .action(runApi);
}

async function runApi(options: { readonly hub: string; readonly host: string; readonly port?: string }): Promise<void> {
  const asked = options.port === undefined ? undefined : wholeNumber(options.port, '--port', [0, 65_535]);
  const hub = await loadHub(options.hub);
  const port = asked ?? hub.settings.api.port;
  const { temporal } = await engineAddresses(hub);
  const client = await connectClient(temporal);
  const versions = await openLakeVersions(hub);
  const models = hub.models.map(({ name }) => name);
  const { engine, tickets } = await openDashboards(
    hub,
    () => hub.settings.api.url?.replace(/\/$/, '') ?? app.listeningOrigin,
  );
  const guarded = hub.settings.api.access.required ? await openGuard(hub) : undefined;
  const announcer = new SegmentAnnouncer(client, hub.settings.timezone, (message) => app.log.warn(message));
  const log = openSegmentLog(hub, (source) => announcer.announce(source));
  const app: App = await createApi({
    client,
    versions,
    weights: hub.similarity,
    settings: hub.settings,
    temporalUiUrl: temporal.uiUrl,
    siteFolder,
    models,
    milestones: hub.milestones.milestones.map(({ spec }) => spec),
    kpiRevision: JSON.stringify(hub.kpis),
    dashboards: { dashboards: hub.dashboards, engine, tickets },
    ...(log && { events: new PostedEvents(hub.sources, log) }),
    origins: hub.settings.api.origins,
    ...(guarded && { guard: guarded.guard }),
  });
  const stop = async () => {
    await app.close();
    // What was kept can land: whoever starts next tells of what nobody was told of.
    await log?.close();
    announcer.close();
    await Promise.all([client.connection.close(), engine.close(), guarded?.close()]);
  };
  onStopSignal(() => void stop());
  await app.listen({ host: options.host, port });
  if (guarded === undefined && !LOOPBACKS.has(options.host)) {
    app.log.warn(
      'others than this machine reach the API, which asks nobody who they are: set api.access.required in hub.yaml, unless what lies before it does',
    );
  }
}
