import { join } from 'node:path';
import { openLocalGraph } from '../adapters/local/graph/local-graph';
import type { Hub } from '../adapters/local/hub-folder';
import { ThreadedProfileDesk } from '../adapters/local/identity/threaded-profile-desk';
import { ThreadedResolver } from '../adapters/local/identity/threaded-resolver';
import { FileStaging } from '../adapters/local/ingest/file-staging';
import { FolderLandingZone } from '../adapters/local/ingest/folder-landing-zone';
import { ThreadedDesk } from '../adapters/local/journeys/threaded-desk';
import { openTriggerStore } from '../adapters/local/milestones/local-trigger-store';
import { openFolderObjectStore } from '../adapters/local/objects/folder-object-store';
import { LocalLake } from '../adapters/local/lake/local-lake';
import { LakeKpiStore } from '../adapters/sql/kpis/lake-kpi-store';
import { openWebhooks, propensityOf, startDuckDb, streamsOf } from './of-every-room';
import type { GremlinAddress, Room } from './room';

/** The engine room of one machine: DuckDB over a folder of Parquet files, and a Gremlin Server. */
export async function openLocalRoom(hub: Hub, gremlin: GremlinAddress): Promise<Room> {
  const data = (name: string) => join(hub.dataFolder, name);
  const { journeysMemoryMb: memoryMb } = hub.settings.worker;
  const duckDb = await startDuckDb(hub);
  const lake = new LocalLake(data('lake'), duckDb);
  const graph = await openLocalGraph({ url: gremlin.url, dir: data('graph'), sharedFileSystem: gremlin.sharesFiles });
  const triggers = await openTriggerStore(join(data('triggers'), 'triggers.mdb'));
  const lakeFolder = data('lake');
  const desk = new ThreadedDesk({ lakeFolder, tempFolder: data('tmp'), weights: hub.similarity, memoryMb });
  const profiles = new ThreadedProfileDesk(data('identity'));
  const objects = await openFolderObjectStore(data('objects'));
  return {
    lake,
    kpiStore: new LakeKpiStore(lake),
    desk,
    profiles,
    resolver: new ThreadedResolver({
      lakeFolder,
      tempFolder: data('tmp'),
      settings: hub.identity,
      identityFolder: data('identity'),
    }),
    ...propensityOf(hub, lake, objects),
    graph,
    feed: graph.feed,
    triggers,
    webhooks: openWebhooks(hub, process.env),
    openStream: streamsOf(hub),
    landingZone: new FolderLandingZone(hub.landingFolder, new FileStaging(data('staging'), duckDb)),
    close: async () => {
      await desk.close();
      await profiles.close();
      await graph.close();
      await triggers.close();
      await lake.close();
    },
  };
}
