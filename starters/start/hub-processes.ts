import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkConfiguredGremlin, checkConfiguredTemporal } from '../../adapters/local/engines/configured';
import { findRunningGremlin, startGremlinServer } from '../../adapters/local/engines/gremlin-server';
import { freePort } from '../../adapters/local/engines/ports';
import { SupervisedProcess } from '../../adapters/local/engines/supervised-process';
import { findRunningTemporal, startTemporalServer } from '../../adapters/local/engines/temporal-server';
import type { Hub } from '../../adapters/local/hub-folder';
import { runningHubFile, type RunningHub } from '../cli/connection';

const hubProgram = resolve(__dirname, '..', '..', '..', 'bin', 'hub.js');
const READY_MS = 60_000;

export interface HubProcesses {
  readonly addresses: RunningHub;
  /** Stops what was started here, the newest first, and nothing else. */
  stop(): Promise<void>;
}

export type OnStep = (message: string) => void;

/**
 * Brings up what a hub needs and does not find: Temporal, Gremlin Server, the worker and the API. Each is started again
 * should it end by itself.
 *
 * @param signal stops the start; what had started is stopped again
 * @throws HubError ENGINE_MISSING saying what to install, ENGINE_START_FAILED with the end of the log
 */
export async function startHubProcesses(hub: Hub, signal: AbortSignal, onStep: OnStep): Promise<HubProcesses> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopOne of started.splice(0).reverse()) await stopOne();
  };
  const begin = async <T>(start: () => Promise<T>, stopOne: (running: T) => Promise<void>): Promise<T> => {
    signal.throwIfAborted();
    const running = await start();
    started.push(() => stopOne(running));
    return running;
  };
  try {
    await mkdir(hub.dataFolder, { recursive: true });
    // Installing takes longest, and neither needs the other.
    const [temporal, gremlin] = await Promise.all([
      begin(() => temporalOf(hub, onStep), (engine) => engine.stop()),
      begin(() => gremlinOf(hub, onStep), (engine) => engine.stop()),
    ]);
    const apiPort = await freePort(hub.settings.api.port);
    const addresses: RunningHub = {
      pid: process.pid,
      temporal: temporal.address,
      gremlin: gremlin.address,
      apiUrl: `http://127.0.0.1:${apiPort}`,
    };
    await begin(() => writeRunning(hub, addresses), () => rm(runningHubFile(hub), { force: true }));
    onStep('starting the worker and the API');
    await Promise.all([
      begin(() => ownProcess(hub, 'worker', [], async () => undefined), (child) => child.stop()),
      begin(
        () => ownProcess(hub, 'api', ['--port', String(apiPort)], () => probeApi(addresses.apiUrl)),
        (child) => child.stop(),
      ),
    ]);
    signal.throwIfAborted();
    return { addresses, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Engine<Address> {
  readonly address: Address;
  stop(): Promise<void>;
}

const nothingToStop = async () => undefined;

/** The configured cluster, docker compose's server, or a dev server of our own. */
async function temporalOf(hub: Hub, onStep: OnStep): Promise<Engine<RunningHub['temporal']>> {
  const { namespace, address: inFile, uiUrl } = hub.settings.engines.temporal;
  const configured = process.env['TEMPORAL_ADDRESS'] ?? inFile;
  if (configured !== undefined) {
    await checkConfiguredTemporal(configured, namespace);
    return { address: { address: configured, namespace, uiUrl: uiUrl ?? '' }, stop: nothingToStop };
  }
  const found = await findRunningTemporal();
  if (found !== undefined) {
    onStep(`using the Temporal server at ${found.address}`);
    return { address: { ...found, namespace }, stop: nothingToStop };
  }
  const server = await startTemporalServer({
    dataDir: join(hub.dataFolder, 'temporal'),
    logFile: logFile(hub, 'temporal'),
    onStep,
    onRestart: ({ pid }) => onStep(`Temporal server ended and was started again (pid ${pid})`),
  });
  return { address: { address: server.address, uiUrl: server.uiUrl, namespace }, stop: () => server.stop() };
}

/** The configured server, docker compose's, or a Gremlin Server of our own. */
async function gremlinOf(hub: Hub, onStep: OnStep): Promise<Engine<RunningHub['gremlin']>> {
  const configured = process.env['GREMLIN_URL'] ?? hub.settings.engines.gremlin.url;
  if (configured !== undefined) {
    await checkConfiguredGremlin(configured);
    return { address: { url: configured, sharesFiles: false }, stop: nothingToStop };
  }
  const found = await findRunningGremlin();
  if (found !== undefined) {
    onStep(`using the Gremlin Server at ${found.url}`);
    return { address: { url: found.url, sharesFiles: found.sharedFileSystem }, stop: nothingToStop };
  }
  const server = await startGremlinServer({
    dir: join(hub.dataFolder, 'gremlin-server'),
    logFile: logFile(hub, 'gremlin'),
    onStep,
    onRestart: ({ pid }) => onStep(`Gremlin Server ended and was started again (pid ${pid})`),
  });
  return { address: { url: server.url, sharesFiles: server.sharedFileSystem }, stop: () => server.stop() };
}

function ownProcess(hub: Hub, command: string, args: string[], probe: () => Promise<void>): Promise<SupervisedProcess> {
  return SupervisedProcess.start({
    name: `hub ${command}`,
    command: process.execPath,
    args: [hubProgram, command, '--hub', hub.folder, ...args],
    logFile: logFile(hub, command),
    recordFile: join(hub.dataFolder, `${command}.process.json`),
    probe,
    readyWithinMs: READY_MS,
  });
}

async function probeApi(url: string): Promise<void> {
  const response = await fetch(`${url}/v1/health`);
  if (!response.ok) throw new Error(`the API answers ${response.status}`);
}

async function writeRunning(hub: Hub, addresses: RunningHub): Promise<void> {
  await writeFile(runningHubFile(hub), JSON.stringify(addresses, null, 2));
}

function logFile(hub: Hub, name: string): string {
  return join(hub.dataFolder, 'logs', `${name}.log`);
}
