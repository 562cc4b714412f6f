import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gremlinConfig } from '../../adapters/local/engines/gremlin-config';
import { copyMavenDependencies } from '../../adapters/local/engines/archives';
import { installedEngine } from '../../adapters/local/engines/engine-cache';
import { javaProgram } from '../../adapters/local/engines/gremlin-jars';
import { probeGremlin } from '../../adapters/local/engines/gremlin-server';
import { LOOPBACK, freePort } from '../../adapters/local/engines/ports';
import { SupervisedProcess } from '../../adapters/local/engines/supervised-process';
import { engineUsed } from '../support/used-engines';

/**
 * The line of TinkerPop that Neptune's engines 1.3 and 1.4 speak; the hub's own server is newer. In 3.7.3 a transaction
 * that writes an id again that another took away is a conflict for ever.
 */
const VERSION = '3.7.5';
const READY_MS = 90_000;

export interface TransactionalGremlin {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A Gremlin Server as Neptune is one: of its release, and each request is a transaction, which is rolled back as a whole when it fails. The
 * hub's own server has no transactions, and keeps half of what it refuses. Throws `ENGINE_MISSING`, `ENGINE_START_FAILED`.
 */
export async function startTransactionalGremlin(): Promise<TransactionalGremlin> {
  const dir = await mkdtemp(join(tmpdir(), 'hub-test-neptune-'));
  const [java, jars, port] = [await javaProgram(), await jarsFolder(), await freePort()];
  for (const [name, text] of Object.entries(gremlinConfig({ host: LOOPBACK, port, dir }))) {
    const own = text
      .replace('structure.TinkerGraph\n', 'structure.TinkerTransactionGraph\n')
      .replace('gremlinPool: 1\n', 'gremlinPool: 4\n');
    await writeFile(join(dir, name), own);
  }
  const url = `ws://${LOOPBACK}:${port}/gremlin`;
  engineUsed('Gremlin Server with transactions');
  const process = await SupervisedProcess.start(
    {
      name: 'Gremlin server with transactions',
      command: java,
      args: [
        ...['-Xmx1024m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'],
        ...['-cp', join(jars, '*'), 'org.apache.tinkerpop.gremlin.server.GremlinServer'],
        join(dir, 'gremlin-server.yaml'),
      ],
      cwd: dir,
      logFile: join(dir, 'gremlin.log'),
      recordFile: join(dir, 'gremlin.process.json'),
      probe: () => probeGremlin(url),
      readyWithinMs: READY_MS,
      graceMs: 500,
    },
    { maxRestarts: 0 },
  );
  return {
    url,
    stop: async () => {
      await process.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function jarsFolder(): Promise<string> {
  const folder = await installedEngine(
    {
      name: 'gremlin-server',
      version: VERSION,
      sources: [{ title: 'fetching with Maven', install: installWithMaven }],
      remedy: 'Install Maven.',
    },
    () => undefined,
  );
  return join(folder, 'lib');
}

async function installWithMaven(folder: string): Promise<void> {
  const tinkerpop = ['gremlin-server', 'tinkergraph-gremlin'].map((artifact) => ({
    ...{ group: 'org.apache.tinkerpop', artifact },
    version: VERSION,
  }));
  const logging = { group: 'org.slf4j', artifact: 'slf4j-simple', version: '1.7.25' };
  await copyMavenDependencies([...tinkerpop, logging], join(folder, 'lib'));
}
