import { join } from 'node:path';
import { AthenaEngine } from '../adapters/aws/athena/athena-engine';
import type { AwsConnection } from '../adapters/aws/client-policy';
import { openDynamoTriggerStore } from '../adapters/aws/dynamodb/dynamo-trigger-store';
import { openNeptuneGraph, type NeptuneGraph } from '../adapters/aws/neptune/neptune-graph';
import { RedshiftKpiEngine, type RedshiftTarget } from '../adapters/aws/redshift/redshift-kpi-engine';
import { openS3ObjectStore } from '../adapters/aws/s3/s3-object-store';
import { EndpointProfileDesk } from '../adapters/aws/sagemaker/endpoint-profile-desk';
import { ObjectLandingZone } from '../adapters/files/object-landing-zone';
import { ObjectStagedFiles } from '../adapters/files/object-staged-files';
import type { DuckDb } from '../adapters/local/duckdb';
import type { Hub } from '../adapters/local/hub-folder';
import { ThreadedProfileDesk } from '../adapters/local/identity/threaded-profile-desk';
import { FileStaging } from '../adapters/local/ingest/file-staging';
import { DuckDbParquet } from '../adapters/local/lake/duckdb-parquet';
import { EngineKpiStore } from '../adapters/sql/kpis/engine-kpi-store';
import { LakeKpiStore } from '../adapters/sql/kpis/lake-kpi-store';
import { EngineLake } from '../adapters/sql/lake/engine-lake';
import { ObjectFiles } from '../adapters/sql/lake/object-files';
import { ObjectManifestLog } from '../adapters/sql/lake/object-manifest-log';
import type { KpiStore } from '../ports/kpi-store';
import type { ObjectStore } from '../ports/object-store';
import type { AwsSettings } from '../schemas/engines';
import { openArrivals } from './arrivals';
import { connectionOf } from './aws-connection';
import { openMirroredDesk, openMirroredResolver } from './mirrors';
import { neptuneConnection, openGraphLearning, withGraphs } from './graph-learning';
import { lakeLocation } from './lake-location';
import { openWebhooks, propensityOf, startDuckDb, streamsOf } from './of-every-room';
import type { OpenedLake, Room } from './room';
import { openBatchPredictor, openModelEndpoints, openModelPackages, trainingJobsOf } from './sagemaker';

/** The engine room of AWS: S3 and Athena, Neptune, DynamoDB. */
export async function openAwsRoom(hub: Hub): Promise<Room> {
  const settings = hub.settings.engines.aws!;
  const data = (name: string) => join(hub.dataFolder, name);
  const duckDb = await startDuckDb(hub);
  const connection = connectionOf(settings);
  const { lake, objects, close: closeLake } = openAthenaLake(hub, duckDb);
  const kpiStore =
    openRedshift(settings, { connection, objects, duckDb, folder: data('tmp') }) ?? new LakeKpiStore(lake);
  const arrivals = openArrivals(settings);
  const graph = openGraph(settings, connection, objects);
  const triggers = openDynamoTriggerStore(connection, settings.triggers.prefix);
  const { identity } = settings;
  const profiles =
    identity === undefined
      ? new ThreadedProfileDesk(data('identity'))
      : new EndpointProfileDesk(connection, identity.endpoint);
  const desk = openMirroredDesk(hub, lake, duckDb);
  const registry = openModelPackages(settings, connection);
  const batch = openBatchPredictor(settings, { connection, objects });
  const endpoints = openModelEndpoints(settings, { connection, objects });
  const trees = {
    ...propensityOf(hub, lake, objects, {
      startBooster: trainingJobsOf(settings, { connection, objects }),
      openDesk: endpoints?.openDesk,
      predict: batch && ((...asked) => batch.predict(...asked)),
    }),
    ...(registry && { registry }),
    ...(endpoints && { deployment: endpoints.deployment }),
  };
  const graphLearning = openGraphLearning(hub, lake, { connection, objects });
  return {
    lake,
    kpiStore,
    desk,
    profiles,
    resolver: openMirroredResolver(hub, lake, duckDb),
    ...withGraphs(trees, graphLearning),
    graph,
    feed: graph.feed,
    triggers,
    webhooks: openWebhooks(hub, process.env),
    openStream: streamsOf(hub),
    landingZone: new ObjectLandingZone({
      arrivals,
      staging: objects,
      folder: data('staging'),
      stager: new FileStaging(data('staging'), duckDb),
    }),
    close: async () => {
      await desk.close();
      await profiles.close();
      await graph.close();
      await triggers.close();
      await kpiStore.close();
      await closeLake();
      await arrivals.close();
      registry?.close();
      await endpoints?.close();
      batch?.close();
      await graphLearning?.close();
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

/** The lake of the room: in S3 and Athena. */
export function openAthenaLake(hub: Hub, duckDb: DuckDb): OpenedLake {
  const settings = hub.settings.engines.aws!;
  const { database, workGroup } = settings.lake;
  const objects = openLakeObjects(settings);
  const location = lakeLocation(settings);
  const temporary = (name: string) => join(hub.dataFolder, 'tmp', name);
  const lake = new EngineLake({
    engine: new AthenaEngine(connectionOf(settings), { workGroup, database, location, objects }),
    manifests: new ObjectManifestLog(objects),
    files: new ObjectFiles(objects, location),
    staged: new ObjectStagedFiles(objects, temporary('staged')),
    parquet: new DuckDbParquet(temporary('rows'), duckDb),
  });
  return { lake, objects, close: () => lake.close().then(() => objects.close()) };
}

/** What the engine of KPIs is opened with. */
interface KpiParts {
  readonly connection: AwsConnection;
  readonly objects: ObjectStore;
  readonly duckDb: DuckDb;
  /** Of this machine, for files under way. */
  readonly folder: string;
}

/** Undefined where none is named: KPIs are then computed in the lake. */
function openRedshift(settings: AwsSettings, room: KpiParts): KpiStore | undefined {
  const { redshift } = settings;
  if (redshift === undefined) return undefined;
  const { connection, objects, duckDb, folder } = room;
  const { workgroup, cluster, user, secretArn, database, schema, copyRole } = redshift;
  const target: RedshiftTarget = {
    Database: database,
    ...(workgroup === undefined ? {} : { WorkgroupName: workgroup }),
    ...(cluster === undefined ? {} : { ClusterIdentifier: cluster }),
    ...(user === undefined ? {} : { DbUser: user }),
    ...(secretArn === undefined ? {} : { SecretArn: secretArn }),
  };
  const parquet = new DuckDbParquet(join(folder, 'rows'), duckDb);
  const files = new ObjectFiles(objects, lakeLocation(settings));
  return new EngineKpiStore(new RedshiftKpiEngine(connection, { target, copyRole, parquet, files }), schema);
}

function openGraph(settings: AwsSettings, connection: AwsConnection, store: ObjectStore): NeptuneGraph {
  const { reader, iam, loaderRole, bulkFrom } = settings.neptune;
  return openNeptuneGraph({
    connection: neptuneConnection(settings, connection),
    ...(reader === undefined ? {} : { reader }),
    iam,
    bulkFrom,
    ...(loaderRole === undefined ? {} : { loader: { store, uri: `${lakeLocation(settings)}/`, roleArn: loaderRole } }),
  });
}
