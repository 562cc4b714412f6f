import { join } from 'node:path';
import type { DuckDb } from '../adapters/local/duckdb';
import { openLocalGraph } from '../adapters/local/graph/local-graph';
import type { Hub } from '../adapters/local/hub-folder';
import { ThreadedProfileDesk } from '../adapters/local/identity/threaded-profile-desk';
import { FileStaging } from '../adapters/local/ingest/file-staging';
import { FolderLandingZone } from '../adapters/local/ingest/folder-landing-zone';
import { DuckDbParquet } from '../adapters/local/lake/duckdb-parquet';
import { openTriggerStore } from '../adapters/local/milestones/local-trigger-store';
import { PostgresKpiEngine } from '../adapters/open/postgres/postgres-kpi-engine';
import { TrinoEngine } from '../adapters/open/trino/trino-engine';
import { EngineKpiStore } from '../adapters/sql/kpis/engine-kpi-store';
import { LakeKpiStore } from '../adapters/sql/kpis/lake-kpi-store';
import { ON_THIS_MACHINE } from '../adapters/sql/lake/commit-scratch';
import { EngineLake } from '../adapters/sql/lake/engine-lake';
import { ObjectFiles } from '../adapters/sql/lake/object-files';
import { ObjectManifestLog } from '../adapters/sql/lake/object-manifest-log';
import type { KpiStore } from '../ports/kpi-store';
import type { Lake } from '../ports/lake';
import { openMirroredDesk, openMirroredResolver } from './mirrors';
import { openWebhooks, propensityOf, startDuckDb, streamsOf } from './of-every-room';
import { passwordOf } from './passwords';
import type { GremlinAddress, OpenedLake, Room } from './room';
import { openSharedObjects } from './shared-objects';

/** The engine room of own servers: a lake in Trino and Iceberg over shared files, and any TinkerPop server. */
export async function openOpenRoom(hub: Hub, gremlin: GremlinAddress, environment = process.env): Promise<Room> {
  const data = (name: string) => join(hub.dataFolder, name);
  const trinoPassword = passwordOf('trino', hub, environment);
  const kpiPassword = passwordOf('postgres', hub, environment);
  const duckDb = await startDuckDb(hub);
  const { lake, objects, close: closeLake } = await openTrinoLake(hub, duckDb, trinoPassword);
  const kpiStore = openKpiStore(hub, lake, kpiPassword);
  const graph = await openLocalGraph({ url: gremlin.url, dir: data('graph'), sharedFileSystem: gremlin.sharesFiles });
  const triggers = await openTriggerStore(join(data('triggers'), 'triggers.mdb'));
  const profiles = new ThreadedProfileDesk(data('identity'));
  const desk = openMirroredDesk(hub, lake, duckDb);
  return {
    lake,
    kpiStore,
    desk,
    profiles,
    resolver: openMirroredResolver(hub, lake, duckDb),
    ...propensityOf(hub, lake, objects),
    graph,
    feed: graph.feed,
    triggers,
    webhooks: openWebhooks(hub, environment),
    openStream: streamsOf(hub),
    landingZone: new FolderLandingZone(hub.landingFolder, new FileStaging(data('staging'), duckDb)),
    close: async () => {
      await desk.close();
      await profiles.close();
      await graph.close();
      await triggers.close();
      await kpiStore.close();
      await closeLake();
      duckDb.close();
    },
  };
}

/** The lake of the room: in Trino and Iceberg, over files that both reach. */
export async function openTrinoLake(hub: Hub, duckDb: DuckDb, password: string | undefined): Promise<OpenedLake> {
  const { objects, location } = await openSharedObjects(hub.settings.engines.files!);
  const { url, catalog, schema, user } = hub.settings.engines.trino!;
  const lake = new EngineLake({
    engine: new TrinoEngine({ url, catalog, schema, user, password }),
    manifests: new ObjectManifestLog(objects),
    files: new ObjectFiles(objects, location),
    staged: ON_THIS_MACHINE,
    parquet: new DuckDbParquet(join(hub.dataFolder, 'tmp', 'rows'), duckDb),
  });
  return { lake, objects, close: () => lake.close().then(() => objects.close()) };
}

function openKpiStore(hub: Hub, lake: Lake, password: string | undefined): KpiStore {
  const { postgres } = hub.settings.engines;
  if (postgres === undefined) return new LakeKpiStore(lake);
  const { url, schema } = postgres;
  return new EngineKpiStore(new PostgresKpiEngine({ url, password }), schema);
}
