import { mkdir, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { driver, process as gremlin } from 'gremlin';
import type { OnStep } from './engine-cache';
import { gremlinConfig } from './gremlin-config';
import { gremlinJars, javaProgram } from './gremlin-jars';
import { LOOPBACK, freePort } from './ports';
import { SupervisedProcess } from './supervised-process';
import type { SupervisionOptions } from './supervised-process';

const PORT = 8182;
const READY_MS = 90_000;
const PROBE_MS = 5_000;
/** A traversal source that only docker-compose.yml's server has: how it is told from any other on the default port. */
export const COMPOSE_TRAVERSAL_SOURCE = 'journeyhub';

export interface GremlinServerOptions extends SupervisionOptions {
  /** Takes the server's configuration. */
  readonly dir: string;
  readonly logFile: string;
  /** Wanted port; another is taken when something else uses it. By default 8182. */
  readonly port?: number;
  /** Memory for the graph at most, in MB: about 2 GB a million elements. By default half of the machine's. */
  readonly heapMb?: number;
  readonly onStep?: OnStep;
}

export interface GremlinAddress {
  readonly url: string;
  /** Whether the server reads files that this process writes. */
  readonly sharedFileSystem: boolean;
}

export interface GremlinServer extends GremlinAddress {
  readonly process: SupervisedProcess;
  stop(): Promise<void>;
}

/**
 * Starts a Gremlin Server with an empty TinkerGraph, on loopback only; `openLocalGraph` fills it. Throws
 * `ENGINE_MISSING`, `ENGINE_START_FAILED`, and `ENGINE_IN_USE` when another process runs one on the same folder.
 */
export async function startGremlinServer(options: GremlinServerOptions): Promise<GremlinServer> {
  const java = await javaProgram();
  const jars = await gremlinJars(options.onStep);
  const dir = resolve(options.dir);
  const port = await freePort(options.port ?? PORT);
  await mkdir(dir, { recursive: true });
  for (const [name, text] of Object.entries(gremlinConfig({ host: LOOPBACK, port, dir }))) {
    await writeFile(join(dir, name), text);
  }
  const url = urlOf(port);
  const process = await SupervisedProcess.start(
    {
      name: 'Gremlin server',
      command: java,
      args: [
        `-Xmx${options.heapMb ?? Math.floor(totalmem() / 2 ** 21)}m`,
        '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
        ...[
          '-cp',
          join(jars, '*'),
          'org.apache.tinkerpop.gremlin.server.GremlinServer',
          join(dir, 'gremlin-server.yaml'),
        ],
      ],
      cwd: dir,
      logFile: options.logFile,
      recordFile: join(dir, 'gremlin.process.json'),
      probe: () => probeGremlin(url),
      readyWithinMs: READY_MS,
      // It keeps nothing, and would finish what it was last asked first.
      graceMs: 500,
    },
    options,
  );
  return { url, sharedFileSystem: true, process, stop: () => process.stop() };
}

/** Resolves when a Gremlin server answers a traversal there. */
export async function probeGremlin(url: string, traversalSource = 'g'): Promise<void> {
  const connection = new driver.DriverRemoteConnection(url, { traversalSource });
  const g = gremlin.AnonymousTraversalSource.traversal().withRemote(connection);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from ${url} in ${PROBE_MS} ms`)), PROBE_MS);
  });
  try {
    await Promise.race([g.inject(1).toList(), timeout]);
  } finally {
    clearTimeout(timer);
    await connection.close();
  }
}

/**
 * The Gremlin Server of docker-compose.yml, when it runs. It is known by the traversal source `journeyhub`, which only
 * docker/gremlin defines: another server on the same port, also one that another hub started, is left alone.
 */
export async function findRunningGremlin(): Promise<GremlinAddress | undefined> {
  const url = urlOf(PORT);
  return probeGremlin(url, COMPOSE_TRAVERSAL_SOURCE).then(
    () => ({ url, sharedFileSystem: false }),
    () => undefined,
  );
}

function urlOf(port: number): string {
  return `ws://${LOOPBACK}:${port}/gremlin`;
}
