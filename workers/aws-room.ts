import { join } from 'node:path';
import { AthenaEngine } from '../adapters/aws/athena/athena-engine';
import type { AwsConnection } from '../adapters/aws/client-policy';
import { openDynamoTriggerStore } from '../adapters/aws/dynamodb/dynamo-trigger-store';
import { openNeptuneGraph, type NeptuneGraph } from '../adapters/aws/neptune/neptune-graph';
import { openS3ObjectStore } from '../adapters/aws/s3/s3-object-store';
import { EndpointProfileDesk } from '../adapters/aws/sagemaker/endpoint-profile-desk';
import { ObjectLandingZone } from '../adapters/files/object-landing-zone';
import { ObjectStagedFiles } from '../adapters/files/object-staged-files';
import { DuckDb } from '../adapters/local/duckdb';
import type { Hub } from '../adapters/local/hub-folder';
import { ThreadedProfileDesk } from '../adapters/local/identity/threaded-profile-desk';
import { FolderLandingZone } from '../adapters/local/ingest/folder-landing-zone';
import { DuckDbParquet } from '../adapters/local/lake/duckdb-parquet';
import { EngineLake } from '../adapters/sql/lake/engine-lake';
import { ObjectFiles } from '../adapters/sql/lake/object-files';
import { ObjectManifestLog } from '../adapters/sql/lake/object-manifest-log';
import { SqlDesk } from '../adapters/sql/sql-desk';
import { HttpWebhooks } from '../adapters/webhooks/http-webhooks';
import type { ObjectStore } from '../ports/object-store';
import type { AwsSettings } from '../schemas/engines';
import { openMirroredResolver } from './mirrored-resolver';
import { packageVersion } from './package-folder';
import type { Room } from './room';

/** The engine room of AWS: S3 and Athena, Neptune, DynamoDB. */
export async function openAwsRoom(hub: Hub): Promise<Room> {
  const settings = hub.settings.engines.aws!;
  const data = (name: string) => join(hub.dataFolder, name);
  const { duckdbMemoryMb, threads } = hub.settings.worker;
  const duckDb = await DuckDb.start({ memoryMb: duckdbMemoryMb, threads, tempFolder: data('tmp') });
  const connection = connectionOf(settings);
  const objects = openLakeObjects(settings);
  const arrivals = openArrivals(settings);
  const lake = openAthenaLake(settings, { connection, objects, duckDb, folder: data('tmp') });
  const graph = openGraph(settings, connection, objects);
  const triggers = openDynamoTriggerStore(connection, settings.triggers.prefix);
  const { identity } = settings;
  const profiles =
    identity === undefined
      ? new ThreadedProfileDesk(data('identity'))
      : new EndpointProfileDesk(connection, identity.endpoint);
  return {
    lake,
    desk: new SqlDesk(lake, { dialect: lake.dialect, weights: hub.similarity }),
    profiles,
    resolver: openMirroredResolver(hub, lake, duckDb),
    graph,
    feed: graph.feed,
    triggers,
    webhooks: new HttpWebhooks({ webhooks: hub.settings.webhooks, hub: hub.settings.name, environment: process.env }),
    landingZone: new ObjectLandingZone({
      arrivals,
      staging: objects,
      folder: data('landing'),
      reader: new FolderLandingZone(data('landing'), data('staging'), duckDb),
    }),
    close: async () => {
      await profiles.close();
      await graph.close();
      await triggers.close();
      await lake.close();
      await Promise.all([objects.close(), arrivals.close()]);
      duckDb.close();
    },
  };
}

/** The objects of the lake: manifests, commits under way, staged files and answers. */
export function openLakeObjects(settings: AwsSettings): ObjectStore {
  const { bucket, prefix, kmsKeyId } = settings.lake;
  const encryption = kmsKeyId === undefined ? {} : { kmsKeyId };
  return openS3ObjectStore(connectionOf(settings), { bucket, prefix: `${prefix}/`, ...encryption });
}

function openArrivals(settings: AwsSettings): ObjectStore {
  const { bucket, prefix } = settings.landing ?? { bucket: settings.lake.bucket, prefix: 'landing' };
  return openS3ObjectStore(connectionOf(settings), { bucket, prefix: `${prefix}/` });
}

function openAthenaLake(
  { lake: { bucket, prefix, database, workGroup } }: AwsSettings,
  room: { connection: AwsConnection; objects: ObjectStore; duckDb: DuckDb; folder: string },
): EngineLake {
  const { connection, objects, duckDb, folder } = room;
  const location = `s3://${bucket}/${prefix}`;
  return new EngineLake({
    engine: new AthenaEngine(connection, { workGroup, database, location, objects }),
    manifests: new ObjectManifestLog(objects),
    files: new ObjectFiles(objects, location),
    staged: new ObjectStagedFiles(objects, join(folder, 'staged')),
    parquet: new DuckDbParquet(join(folder, 'rows'), duckDb),
  });
}

function openGraph(
  { neptune: { url, reader, iam, loaderRole, bulkFrom }, lake: { bucket, prefix } }: AwsSettings,
  connection: AwsConnection,
  store: ObjectStore,
): NeptuneGraph {
  return openNeptuneGraph({
    connection: { ...connection, endpoints: { ...connection.endpoints, neptune: url } },
    ...(reader === undefined ? {} : { reader }),
    iam,
    bulkFrom,
    ...(loaderRole === undefined ? {} : { loader: { store, uri: `s3://${bucket}/${prefix}/`, roleArn: loaderRole } }),
  });
}

/** How the services of a hub are reached. */
export function connectionOf({ region, endpoints }: AwsSettings): AwsConnection {
  return { region, endpoints: endpoints as NonNullable<AwsConnection['endpoints']>, version: packageVersion() };
}
