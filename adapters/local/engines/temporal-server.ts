import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import type { OnStep } from './engine-cache';
import { LOOPBACK, freePort } from './ports';
import { SupervisedProcess } from './supervised-process';
import type { SupervisionOptions } from './supervised-process';
import { temporalCli } from './temporal-binaries';

const PORT = 7233;
const UI_PORT = 8233;
const READY_MS = 60_000;
const PROBE_MS = 2_000;
/** A namespace that only docker-compose.yml's server has: how it is told from any other server on the default port. */
const COMPOSE_NAMESPACE = 'journey-hub';

export type SearchAttributeType = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

export interface TemporalServerOptions extends SupervisionOptions {
  /** Keeps the server's database. */
  readonly dataDir: string;
  readonly logFile: string;
  /** Wanted ports; others are taken when something else uses them. By default 7233 and 8233. */
  readonly port?: number;
  readonly uiPort?: number;
  readonly searchAttributes?: Readonly<Record<string, SearchAttributeType>>;
  readonly onStep?: OnStep;
}

export interface TemporalAddress {
  readonly address: string;
  readonly uiUrl: string;
}

export interface TemporalServer extends TemporalAddress {
  readonly process: SupervisedProcess;
  stop(): Promise<void>;
}

/**
 * Starts a Temporal dev server with its Web UI, on loopback only, that survives kill -9. Throws `ENGINE_MISSING`,
 * `ENGINE_START_FAILED`, and `ENGINE_IN_USE` when another process runs one on the same folder.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const command = await temporalCli(options.onStep);
  await mkdir(options.dataDir, { recursive: true });
  const port = await freePort(options.port ?? PORT);
  const uiPort = await freePort(options.uiPort ?? UI_PORT);
  const address = `${LOOPBACK}:${port}`;
  const process = await SupervisedProcess.start(
    {
      name: 'Temporal server',
      command,
      args: serverArguments(options, port, uiPort),
      logFile: options.logFile,
      recordFile: join(options.dataDir, 'temporal.process.json'),
      probe: () => probeNamespace({ address }, 'default'),
      readyWithinMs: READY_MS,
    },
    options,
  );
  return { address, uiUrl: `http://${LOOPBACK}:${uiPort}`, process, stop: () => process.stop() };
}

function serverArguments(options: TemporalServerOptions, port: number, uiPort: number): string[] {
  const attributes = Object.entries(options.searchAttributes ?? {});
  return [
    ...['server', 'start-dev', '--ip', LOOPBACK, '--port', String(port), '--ui-port', String(uiPort)],
    ...['--db-filename', join(options.dataDir, 'temporal.db'), '--log-level', 'warn'],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ...attributes.flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

/** Resolves when a Temporal server answers there and has the namespace. */
export async function probeNamespace(cluster: ConnectionOptions, namespace: string): Promise<void> {
  const connection = await Connection.connect({ ...cluster, connectTimeout: PROBE_MS });
  try {
    await connection.withDeadline(Date.now() + PROBE_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } finally {
    await connection.close();
  }
}

/**
 * The Temporal server of docker-compose.yml, when it runs. It is known by the namespace `journey-hub`, which the
 * compose file has it create: another project's server on the same port is left alone.
 */
export async function findRunningTemporal(): Promise<TemporalAddress | undefined> {
  const address = `${LOOPBACK}:${PORT}`;
  return probeNamespace({ address }, COMPOSE_NAMESPACE).then(
    () => ({ address, uiUrl: `http://${LOOPBACK}:${UI_PORT}` }),
    () => undefined,
  );
}
