import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Command } from 'commander';
import type { GremlinAddress } from '../../workers/room';
import { loadHub, type Hub } from '../../adapters/local/hub-folder';
import { HubError } from '../../core/errors';
import { packageFolder } from '../../workers/package-folder';
import { reachTemporal, temporalSecurity, type TemporalPlace } from '../../workers/temporal-connection';

/** Where the parts of a hub that `hub start` brought up can be reached. */
export interface RunningHub {
  /** The process that supervises the others. */
  readonly pid: number;
  readonly temporal: { readonly address: string; readonly namespace: string; readonly uiUrl: string };
  /** Absent where the graph is no Gremlin Server's. */
  readonly gremlin?: GremlinAddress;
  readonly apiUrl: string;
}

/** Whether the graph of a hub's room is a Gremlin Server's. */
export function hasGremlin({ settings }: Pick<Hub, 'settings'>): boolean {
  return settings.room !== 'aws';
}

/** The hub folder shipped with the package: the telco example. */
export const exampleHub = join(packageFolder, 'config');

/** Adds the option that every command about a hub has. */
export function withHubOption(command: Command): Command {
  return command.option('--hub <folder>', 'the hub folder', process.env['HUB_FOLDER'] ?? exampleHub);
}

export function runningHubFile(hub: Pick<Hub, 'dataFolder'>): string {
  return join(hub.dataFolder, 'running.json');
}

/** @throws HubError HUB_NOT_RUNNING when `hub start` has not left its addresses */
export async function findRunningHub(hub: Pick<Hub, 'dataFolder'>): Promise<RunningHub> {
  try {
    return JSON.parse(await readFile(runningHubFile(hub), 'utf8')) as RunningHub;
  } catch (error) {
    throw new HubError('HUB_NOT_RUNNING', `no hub runs on ${hub.dataFolder}: start it with \`npm start\``, {
      cause: error,
    });
  }
}

/** The API of the hub that runs on a folder: the one named, `HUB_FOLDER`, or the telco example. */
export async function runningApi(folder?: string): Promise<string> {
  return (await findRunningHub(await loadHub(folder ?? process.env['HUB_FOLDER'] ?? exampleHub))).apiUrl;
}

/**
 * The addresses of a hub's engines, of Gremlin Server where its room has one: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE` and `GREMLIN_URL`, then hub.yaml, then what `hub start` left.
 */
export async function engineAddresses(hub: Hub): Promise<Pick<RunningHub, 'temporal' | 'gremlin'>> {
  const { engines } = hub.settings;
  const temporalAddress = process.env['TEMPORAL_ADDRESS'] ?? engines.temporal.address;
  const gremlinUrl = process.env['GREMLIN_URL'] ?? engines.gremlin.url;
  const isGremlinSought = hasGremlin(hub) && gremlinUrl === undefined;
  const running = temporalAddress === undefined || isGremlinSought ? await findRunningHub(hub) : undefined;
  const namespace = namespaceOf(hub);
  const { uiUrl } = engines.temporal;
  return {
    temporal:
      temporalAddress === undefined ? running!.temporal : { address: temporalAddress, namespace, uiUrl: uiUrl ?? '' },
    ...(hasGremlin(hub)
      ? { gremlin: gremlinUrl === undefined ? running!.gremlin! : { url: gremlinUrl, sharesFiles: false } }
      : {}),
  };
}

/** The namespace that is the hub's: `TEMPORAL_NAMESPACE`, then hub.yaml. */
export function namespaceOf({ settings }: Pick<Hub, 'settings'>): string {
  return process.env['TEMPORAL_NAMESPACE'] ?? settings.engines.temporal.namespace;
}

/** A Temporal client, to be closed by closing its connection. Throws as `reachTemporal` does. */
export async function connectClient(place: TemporalPlace): Promise<Client> {
  const { address, namespace } = place;
  const cluster = { address, ...temporalSecurity(), connectTimeout: '10s' } as const;
  return new Client({ connection: await reachTemporal(place, () => Connection.connect(cluster)), namespace });
}

/** Loads the hub a command was given and connects to its Temporal server. */
export async function connectHub(folder: string): Promise<{ hub: Hub; client: Client; namespace: string }> {
  const hub = await loadHub(folder);
  const { temporal } = await engineAddresses(hub);
  return { hub, client: await connectClient(temporal), namespace: temporal.namespace };
}

/** Prints what is asked of a hub's Temporal server, as JSON. */
export async function printFromHub(folder: string, ask: (client: Client) => Promise<unknown>): Promise<void> {
  const { client } = await connectHub(folder);
  try {
    printJson(await ask(client));
  } finally {
    await client.connection.close();
  }
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
