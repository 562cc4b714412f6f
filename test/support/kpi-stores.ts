import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { clientConfig, type AwsConnection } from '../../adapters/aws/client-policy';
import { RedshiftKpiEngine, type RedshiftOptions } from '../../adapters/aws/redshift/redshift-kpi-engine';
import { openS3ObjectStore } from '../../adapters/aws/s3/s3-object-store';
import { DuckDb } from '../../adapters/local/duckdb';
import { DuckDbParquet } from '../../adapters/local/lake/duckdb-parquet';
import { PostgresKpiEngine, type PostgresOptions } from '../../adapters/open/postgres/postgres-kpi-engine';
import { EngineKpiStore } from '../../adapters/sql/kpis/engine-kpi-store';
import { ObjectFiles } from '../../adapters/sql/lake/object-files';
import type { KpiStore } from '../../ports/kpi-store';
import type { OpenKpiStore } from '../contract/kpi-store-contract';
import { FaultProxy } from '../stand-ins/fault-proxy';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { startPostgres, type PostgresServer } from '../stand-ins/postgres-server';
import { startRedshiftFront, type RedshiftFront } from '../stand-ins/redshift-front';
import { testConnection } from './aws';
import { kpiContent } from './kpi-content';

export const COPY_ROLE = 'arn:aws:iam::1:role/copy';
const BUCKET = 'kpi-files';

/** Stores of an engine, each over a schema of its own unless it is told which. */
export interface KpiStores {
  open(schema?: string, queryMs?: number): KpiStore;
  stop(): Promise<void>;
}

/** A store, and how rows are given to it. */
export function openLoaded(stores: KpiStores): OpenKpiStore {
  const store = stores.open();
  let held = 0;
  return {
    store,
    hold: (rows) => store.load(kpiContent(`r-${(held += 1)}`, rows)),
    close: () => store.close(),
  };
}

export function newSchema(): string {
  return `hub_${randomUUID().slice(0, 8)}`;
}

export interface PostgresStores extends KpiStores {
  readonly postgres: PostgresServer;
  of(options: Partial<PostgresOptions>): KpiStore;
}

export async function startPostgresStores(): Promise<PostgresStores> {
  const postgres = await startPostgres();
  const open = (schema: string, options: Partial<PostgresOptions>) =>
    new EngineKpiStore(new PostgresKpiEngine({ url: postgres.url, ...options }), schema);
  return {
    postgres,
    open: (schema = newSchema(), queryMs) => open(schema, queryMs === undefined ? {} : { queryMs }),
    of: (options) => open(newSchema(), options),
    stop: () => postgres.stop(),
  };
}

export interface RedshiftStores extends KpiStores {
  readonly moto: MotoServer;
  readonly front: RedshiftFront;
  readonly proxy: FaultProxy;
  of(options: Partial<RedshiftOptions>, connection?: Partial<AwsConnection>): KpiStore;
  /** What is left in S3. */
  objects(): Promise<string[]>;
}

/** Redshift's Data API before a PostgreSQL, behind a proxy that does faults, with Moto's S3. */
export async function startRedshiftStores(): Promise<RedshiftStores> {
  const folder = await mkdtemp(join(tmpdir(), 'journey-hub-redshift-'));
  const [postgres, moto] = await Promise.all([startPostgres(), startMoto()]);
  const s3 = new S3Client({ ...clientConfig('s3', testConnection(moto.url, ['s3'])), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  s3.destroy();
  const front = await startRedshiftFront(postgres.url, moto.url);
  const proxy = await FaultProxy.start(front.url);
  const duckDb = await DuckDb.start({ memoryMb: 500, threads: 2, tempFolder: join(folder, 'tmp') });
  const objects = openS3ObjectStore(testConnection(moto.url, ['s3']), { bucket: BUCKET, prefix: 'lake/' });
  const parts = {
    target: { WorkgroupName: 'journey-hub', Database: 'dev' },
    copyRole: COPY_ROLE,
    parquet: new DuckDbParquet(join(folder, 'rows'), duckDb),
    files: new ObjectFiles(objects, `s3://${BUCKET}/lake`),
  };
  const open = (schema: string, options: Partial<RedshiftOptions>, connection: Partial<AwsConnection> = {}) =>
    new EngineKpiStore(
      new RedshiftKpiEngine(testConnection(proxy.url, ['redshift-data'], connection), { ...parts, ...options }),
      schema,
    );
  return {
    ...{ moto, front, proxy },
    open: (schema = newSchema(), statementMs) => open(schema, statementMs === undefined ? {} : { statementMs }),
    of: (options, connection) => open(newSchema(), options, connection),
    objects: async () => {
      const keys: string[] = [];
      for await (const { key } of objects.list('')) keys.push(key);
      return keys;
    },
    stop: async () => {
      await proxy.stop();
      await front.stop();
      await objects.close();
      await Promise.all([postgres.stop(), moto.stop()]);
      duckDb.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
