import { join } from 'node:path';
import { DuckDb } from '../adapters/local/duckdb';
import { openLocalGraph } from '../adapters/local/graph/local-graph';
import type { Hub } from '../adapters/local/hub-folder';
import { ThreadedProfileDesk } from '../adapters/local/identity/threaded-profile-desk';
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
import { SqlDesk } from '../adapters/sql/sql-desk';
import { HttpWebhooks } from '../adapters/webhooks/http-webhooks';
import type { KpiStore } from '../ports/kpi-store';
import type { Lake } from '../ports/lake';
import { openMirroredResolver } from './mirrored-resolver';
import type { GremlinAddress, Room } from './room';
import { openSharedObjects, type SharedObjects } from './shared-objects';

/** The engine room of own servers: a lake in Trino and Iceberg over shared files, and any TinkerPop server. */
export async function openOpenRoom(hub: Hub, gremlin: GremlinAddress, environment = process.env): Promise<Room> {
  const data = (name: string) => join(hub.dataFolder, name);
  const { duckdbMemoryMb, threads } = hub.settings.worker;
  const duckDb = await DuckDb.start({ memoryMb: duckdbMemoryMb, threads, tempFolder: data('tmp') });
  const shared = await openSharedObjects(hub.settings.engines.files!);
  const lake = openTrinoLake(hub, duckDb, shared, environment);
  const kpiStore = openKpiStore(hub, lake, environment);
  const graph = await openLocalGraph({ url: gremlin.url, dir: data('graph'), sharedFileSystem: gremlin.sharesFiles });
  const triggers = await openTriggerStore(join(data('triggers'), 'triggers.mdb'));
  const profiles = new ThreadedProfileDesk(data('identity'));
  return {
    lake,
    kpiStore,
    desk: new SqlDesk(lake, { dialect: lake.dialect, weights: hub.similarity }),
    profiles,
    resolver: openMirroredResolver(hub, lake, duckDb),
    graph,
    feed: graph.feed,
    triggers,
    webhooks: new HttpWebhooks({ webhooks: hub.settings.webhooks, hub: hub.settings.name, environment }),
    landingZone: new FolderLandingZone(hub.landingFolder, data('staging'), duckDb),
    close: async () => {
      await profiles.close();
      await graph.close();
      await triggers.close();
      await kpiStore.close();
      await lake.close();
      await shared.objects.close();
      duckDb.close();
    },
  };
}

function openTrinoLake(
  hub: Hub,
  duckDb: DuckDb,
  { objects, location }: SharedObjects,
  environment: NodeJS.ProcessEnv,
): EngineLake {
  const { passwordVariable, ...trino } = hub.settings.engines.trino!;
  const password = passwordVariable === undefined ? undefined : environment[passwordVariable];
  return new EngineLake({
    engine: new TrinoEngine({ ...trino, password }),
    manifests: new ObjectManifestLog(objects),
    files: new ObjectFiles(objects, location),
    staged: ON_THIS_MACHINE,
    parquet: new DuckDbParquet(join(hub.dataFolder, 'tmp', 'rows'), duckDb),
  });
}

function openKpiStore(hub: Hub, lake: Lake, environment: NodeJS.ProcessEnv): KpiStore {
  const { postgres } = hub.settings.engines;
  if (postgres === undefined) return new LakeKpiStore(lake);
  const { url, schema, passwordVariable } = postgres;
  const password = passwordVariable === undefined ? undefined : environment[passwordVariable];
  return new EngineKpiStore(new PostgresKpiEngine({ url, password }), schema);
}
