import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { AthenaEngine } from '../../adapters/aws/athena/athena-engine';
import { clientConfig } from '../../adapters/aws/client-policy';
import { openS3ObjectStore } from '../../adapters/aws/s3/s3-object-store';
import { DuckDb } from '../../adapters/local/duckdb';
import { DuckDbParquet } from '../../adapters/local/lake/duckdb-parquet';
import { ON_THIS_MACHINE } from '../../adapters/sql/lake/commit-scratch';
import { EngineLake } from '../../adapters/sql/lake/engine-lake';
import { ObjectFiles } from '../../adapters/sql/lake/object-files';
import { ObjectManifestLog } from '../../adapters/sql/lake/object-manifest-log';
import { startAthenaFront, type AthenaFront } from '../stand-ins/athena-front';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { testConnection } from './aws';

export const BUCKET = 'journey-lake';

/** Athena's interface before a real engine, with Glue and S3 of Moto. */
export interface TestAthena {
  readonly moto: MotoServer;
  readonly trino: TrinoServer;
  readonly front: AthenaFront;
  stop(): Promise<void>;
}

export async function startTestAthena(): Promise<TestAthena> {
  const moto = await startMoto();
  const s3 = new S3Client({ ...clientConfig('s3', testConnection(moto.url, ['s3'])), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const trino = await startTrino({ store: { url: moto.url, bucket: BUCKET } });
  const front = await startAthenaFront(trino, moto.url);
  return {
    ...{ moto, trino, front },
    stop: async () => {
      await front.stop();
      await trino.stop();
      await moto.stop();
    },
  };
}

/** A lake of its own behind Athena's interface. */
export async function openAthenaLake({
  moto,
  front,
}: TestAthena): Promise<{ lake: EngineLake; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'journey-hub-athena-'));
  const database = `hub_${randomUUID().slice(0, 8)}`;
  const s3 = testConnection(moto.url, ['s3']);
  const objects = openS3ObjectStore(s3, { bucket: BUCKET, prefix: `${database}/` });
  const location = `s3://${BUCKET}/${database}`;
  const duckDb = await DuckDb.start({ memoryMb: 700, threads: 2, tempFolder: join(folder, 'tmp') });
  const connection = testConnection(front.url, ['athena']);
  const lake = new EngineLake({
    engine: new AthenaEngine(connection, { workGroup: 'journey-hub', database, location, objects }),
    manifests: new ObjectManifestLog(objects),
    files: new ObjectFiles(objects, location),
    staged: ON_THIS_MACHINE,
    parquet: new DuckDbParquet(join(folder, 'rows'), duckDb),
  });
  return {
    lake,
    close: async () => {
      await lake.close();
      await objects.close();
      duckDb.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
