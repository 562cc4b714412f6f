import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkConfiguredGremlin, checkConfiguredTemporal } from '../../adapters/local/engines/configured';
import { findRunningGremlin, startGremlinServer } from '../../adapters/local/engines/gremlin-server';
import { freePort } from '../../adapters/local/engines/ports';
import { SupervisedProcess, type SupervisionOptions } from '../../adapters/local/engines/supervised-process';
import { lockHub } from '../../adapters/local/engines/hub-lock';
import { makeFolder } from '../../adapters/local/folders';
import { findRunningTemporal, startTemporalServer } from '../../adapters/local/engines/temporal-server';
import type { Hub } from '../../adapters/local/hub-folder';
import { checkLake } from '../../workers/check-lake';
import type { GremlinAddress } from '../../workers/room';
import { connectClient, hasGremlin, namespaceOf, runningHubFile, type RunningHub } from '../cli/connection';
import { packageFolder } from '../../workers/package-folder';
import { temporalSecurity } from '../../workers/temporal-connection';
import { applySchedules } from './schedules';
import { hubId } from './hub-id';

const hubProgram = join(packageFolder, 'bin', 'hub.js');
const READY_MS = 60_000;

export type HubProcessName = 'temporal' | 'gremlin' | 'worker' | 'api';

export interface HubProcesses {
  readonly addresses: RunningHub;
  /** The processes started here that run at this moment. */
  pids(): Partial<Record<HubProcessName, number>>;
  /** Stops what was started here, the newest first, and nothing else. */
  stop(): Promise<void>;
}

export type OnStep = (message: string) => void;

/**
 * Brings up what a hub needs and does not find: Temporal with the hub's schedules, Gremlin Server, the worker and the API.
 * Each is started again should it end by itself.
 *
 * @param signal stops the start; what had started is stopped again
 * @throws HubError HUB_IN_USE, FOLDER_UNUSABLE, ENGINE_UNREACHABLE naming the setting, NAMESPACE_IN_USE, ENGINE_MISSING saying what to install, ENGINE_START_FAILED with the end of the log
 */
export async function startHubProcesses(hub: Hub, signal: AbortSignal, onStep: OnStep): Promise<HubProcesses> {
  await makeFolder(hub.dataFolder, 'the data folder');
  const unlock = await lockHub(join(hub.dataFolder, 'hub.lock'));
  const started: Started[] = [];
  const stop = async () => {
    for (const one of started.splice(0).reverse()) await one.process.stop();
    await rm(runningHubFile(hub), { force: true });
    await unlock();
  };
  const begin = async (name: HubProcessName, start: () => Promise<SupervisedProcess>): Promise<void> => {
    signal.throwIfAborted();
    started.push({ name, process: await start() });
  };
  try {
    await checkLake(hub);
    // Installing takes longest, and neither needs the other.
    const engines = await Promise.allSettled([
      temporalOf(hub, onStep),
      hasGremlin(hub) ? gremlinOf(hub, onStep) : undefined,
    ]);
    const [temporal, gremlin] = engines;
    for (const [index, name] of (['temporal', 'gremlin'] as const).entries()) {
      const engine = engines[index]!;
      if (engine.status === 'fulfilled' && engine.value?.process !== undefined) {
        started.push({ name, process: engine.value.process });
      }
    }
    if (temporal.status === 'rejected') throw temporal.reason;
    if (gremlin.status === 'rejected') throw gremlin.reason;
    const apiPort = await freePort(hub.settings.api.port);
    const addresses: RunningHub = {
      pid: process.pid,
      temporal: temporal.value.address,
      ...(gremlin.value === undefined ? {} : { gremlin: gremlin.value.address }),
      apiUrl: `http://127.0.0.1:${apiPort}`,
    };
    await takeNamespace(hub, addresses);
    await writeFile(runningHubFile(hub), JSON.stringify(addresses, null, 2));
    onStep('starting the worker and the API');
    await Promise.all([
      begin('worker', () => ownProcess(hub, ['worker'], async () => undefined, onStep)),
      begin('api', () => ownProcess(hub, ['api', '--port', String(apiPort)], () => probeApi(addresses.apiUrl), onStep)),
    ]);
    signal.throwIfAborted();
    const pids = () =>
      Object.fromEntries(started.flatMap(({ name, process: { pid } }) => (pid === undefined ? [] : [[name, pid]])));
    return { addresses, pids, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function takeNamespace(hub: Hub, { temporal }: RunningHub): Promise<void> {
  const client = await connectClient(temporal);
  try {
    await applySchedules(client, hub.settings, await hubId(hub));
  } finally {
    await client.connection.close();
  }
}

interface Started {
  readonly name: HubProcessName;
  readonly process: SupervisedProcess;
}

interface Engine<Address> {
  readonly address: Address;
  /** Absent for an engine that was found running. */
  readonly process?: SupervisedProcess;
}

/** The configured cluster, docker compose's server, or a dev server of our own. */
async function temporalOf(hub: Hub, onStep: OnStep): Promise<Engine<RunningHub['temporal']>> {
  const { address: inFile, uiUrl } = hub.settings.engines.temporal;
  const namespace = namespaceOf(hub);
  const configured = process.env['TEMPORAL_ADDRESS'] ?? inFile;
  if (configured !== undefined) {
    await checkConfiguredTemporal({ address: configured, ...temporalSecurity() }, namespace);
    return { address: { address: configured, namespace, uiUrl: uiUrl ?? '' } };
  }
  const found = await findRunningTemporal();
  if (found !== undefined) {
    onStep(`using the Temporal server at ${found.address}`);
    return { address: { ...found, namespace } };
  }
  const server = await startTemporalServer({
    dataDir: join(hub.dataFolder, 'temporal'),
    logFile: logFile(hub, 'temporal'),
    onStep,
    ...supervision('Temporal server', onStep),
  });
  return { address: { address: server.address, uiUrl: server.uiUrl, namespace }, process: server.process };
}

/** The configured server, docker compose's, or a Gremlin Server of our own. */
async function gremlinOf(hub: Hub, onStep: OnStep): Promise<Engine<GremlinAddress>> {
  const { url: inFile, heapMb } = hub.settings.engines.gremlin;
  const configured = process.env['GREMLIN_URL'] ?? inFile;
  if (configured !== undefined) {
    await checkConfiguredGremlin(configured);
    return { address: { url: configured, sharesFiles: false } };
  }
  const found = await findRunningGremlin();
  if (found !== undefined) {
    onStep(`using the Gremlin Server at ${found.url}`);
    return { address: { url: found.url, sharesFiles: found.sharedFileSystem } };
  }
  const server = await startGremlinServer({
    dir: join(hub.dataFolder, 'gremlin-server'),
    logFile: logFile(hub, 'gremlin'),
    onStep,
    ...supervision('Gremlin Server', onStep),
    ...(heapMb === undefined ? {} : { heapMb }),
  });
  return { address: { url: server.url, sharesFiles: server.sharedFileSystem }, process: server.process };
}

/** Tells of every restart, and of a process that is given up. */
function supervision(name: string, onStep: OnStep): SupervisionOptions {
  return {
    onRestart: ({ pid }) => onStep(`${name} ended and was started again (pid ${pid})`),
    onGiveUp: (error) => onStep(`${error.message}\nIt is not started again: stop the hub, mend it, and start it anew.`),
  };
}

function ownProcess(
  hub: Hub,
  [command, ...args]: readonly [string, ...string[]],
  probe: () => Promise<void>,
  onStep: OnStep,
): Promise<SupervisedProcess> {
  const name = `hub ${command}`;
  const spec = {
    name,
    command: process.execPath,
    args: [hubProgram, command, '--hub', hub.folder, ...args],
    logFile: logFile(hub, command),
    recordFile: join(hub.dataFolder, `${command}.process.json`),
    probe,
    readyWithinMs: READY_MS,
  };
  return SupervisedProcess.start(spec, supervision(name, onStep));
}

async function probeApi(url: string): Promise<void> {
  const response = await fetch(`${url}/v1/health`);
  if (!response.ok) throw new Error(`the API answers ${response.status}`);
}

function logFile(hub: Hub, name: string): string {
  return join(hub.dataFolder, 'logs', `${name}.log`);
}
