import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { startGremlinServer } from '../../adapters/local/engines/gremlin-server';
import { openLocalGraph } from '../../adapters/local/graph/local-graph';
import { loadHub } from '../../adapters/local/hub-folder';
import { writeSampleWorld } from '../../adapters/local/sample/write-sample-world';
import { Random } from '../../core/sample/random';
import { connectClient } from '../../starters/cli/connection';
import { runNightly } from '../../starters/cli/run';
import { packageFolder } from '../../workers/package-folder';
import { startHubProcesses, type HubProcesses, type HubProcessName } from '../../starters/start/hub-processes';
import { differences, fingerprintGraph, fingerprintLake, type Fingerprint } from './fingerprint';

const VICTIMS: readonly HubProcessName[] = ['worker', 'gremlin', 'temporal'];
const BUSINESS_DATE = '2026-12-31';

interface ChaosOptions {
  readonly seed: string[];
  readonly customers: string;
  readonly kills: string;
}

/**
 * Runs a night undisturbed, then once a seed with worker, Gremlin Server and Temporal server killed (SIGKILL) at random
 * moments, and compares what is in the lake and the graph afterwards.
 */
async function chaos(options: ChaosOptions): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'journey-hub-chaos-'));
  try {
    await writeSampleWorld({
      customers: Number(options.customers),
      days: 60,
      seed: 1,
      start: '2026-01-01',
      outFolder: join(scratch, 'landing'),
      truthFolder: join(scratch, 'truth'),
    });
    const undisturbed = await night(scratch, 'undisturbed', async () => []);
    say(`undisturbed night: ${undisturbed.seconds.toFixed(1)} s`);
    let failed = 0;
    for (const seed of options.seed) {
      const random = new Random(Number(seed), 0);
      const disturb = (processes: HubProcesses, over: AbortSignal) =>
        kill(processes, random, Number(options.kills), undisturbed.seconds, over);
      const { content, kills, seconds } = await night(scratch, `seed-${seed}`, disturb);
      const wrong = differences(undisturbed.content, content);
      failed += wrong.length > 0 ? 1 : 0;
      say(
        `seed ${seed}: killed ${kills.join(', ') || 'nobody'}; ${seconds.toFixed(1)} s; ${wrong.length === 0 ? 'the same' : 'DIFFERENT'}`,
      );
      for (const difference of wrong) say(`  ${difference}`);
    }
    say(`${options.seed.length - failed} passed, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Night {
  readonly content: Fingerprint;
  readonly kills: readonly string[];
  readonly seconds: number;
}

type Disturb = (processes: HubProcesses, over: AbortSignal) => Promise<string[]>;

async function night(scratch: string, name: string, disturb: Disturb): Promise<Night> {
  const hub = await loadHub(await hubFolder(scratch, name));
  const processes = await startHubProcesses(hub, new AbortController().signal, () => undefined);
  const over = new AbortController();
  let kills: string[] = [];
  const start = performance.now();
  try {
    const client = await connectClient(processes.addresses.temporal);
    const disturbing = disturb(processes, over.signal);
    await runNightly(client, { date: BUSINESS_DATE });
    over.abort();
    kills = await disturbing;
    await client.connection.close();
    const seconds = (performance.now() - start) / 1000;
    const { url } = processes.addresses.gremlin!;
    const live = await graphAt(url, hub.dataFolder, 'graph');
    await processes.stop();
    const restored = await restoredGraph(hub.dataFolder);
    return { content: { ...(await fingerprintLake(hub.dataFolder)), ...live, ...restored }, kills, seconds };
  } finally {
    over.abort();
    await processes.stop();
  }
}

/** The telco example over the scratch world, with ports and data of its own. */
async function hubFolder(scratch: string, name: string): Promise<string> {
  const folder = join(scratch, name);
  await mkdir(folder);
  await cp(join(packageFolder, 'config'), folder, { recursive: true });
  const settings = { name, timezone: 'Europe/Berlin', data: 'data', landing: '../landing', api: { port: 0 } };
  await writeFile(join(folder, 'hub.yaml'), JSON.stringify(settings));
  return folder;
}

/** Kills at random moments of the time a night takes. */
async function kill(
  processes: HubProcesses,
  random: Random,
  times: number,
  nightSeconds: number,
  over: AbortSignal,
): Promise<string[]> {
  const killed: string[] = [];
  const moments = Array.from({ length: times }, () => random.unit() * nightSeconds * 1000).sort((a, b) => a - b);
  let now = 0;
  for (const moment of moments) {
    const victim = random.pick(VICTIMS);
    await delay(moment - now, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) break;
    now = moment;
    const pid = processes.pids()[victim];
    if (pid === undefined) continue; // it is just coming back from the last time
    process.kill(pid, 'SIGKILL');
    killed.push(`${victim} at ${(moment / 1000).toFixed(1)} s`);
  }
  return killed;
}

async function graphAt(url: string, dataFolder: string, name: string): Promise<Fingerprint> {
  const graph = await openLocalGraph({ url, dir: join(dataFolder, 'graph'), sharedFileSystem: true });
  const content = await fingerprintGraph(name, graph);
  await graph.close();
  return content;
}

/** What an empty server holds once the change log has been replayed into it. */
async function restoredGraph(dataFolder: string): Promise<Fingerprint> {
  const server = await startGremlinServer({
    dir: join(dataFolder, 'gremlin-restored'),
    logFile: join(dataFolder, 'gremlin-restored.log'),
  });
  try {
    return await graphAt(server.url, dataFolder, 'restored graph');
  } finally {
    await server.stop();
  }
}

function say(message: string): void {
  process.stdout.write(`${message}\n`);
}

new Command('chaos')
  .option('--seed <n...>', 'one disturbed night a seed', ['1', '2', '3'])
  .option('--customers <n>', 'size of the world', '1000')
  .option('--kills <n>', 'how often somebody is killed in a night', '4')
  .action(chaos)
  .parseAsync()
  .then(
    () => process.exit(),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
