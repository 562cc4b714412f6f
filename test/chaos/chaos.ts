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
import { followStreams } from '../../starters/start/follow-streams';
import { differences, fingerprintGraph, fingerprintLake, withLake, type Fingerprint } from './fingerprint';
import { batchesOf, post } from './posting';

const VICTIMS: readonly HubProcessName[] = ['worker', 'gremlin', 'temporal'];
const VICTIMS_OF_POSTING: readonly HubProcessName[] = [...VICTIMS, 'api'];
const BUSINESS_DATE = '2026-12-31';
const NEXT_DATE = '2027-01-01';
/** After the last kill everything is back in this time, and what was accepted has landed. */
const HEALED_MS = 180_000;

interface ChaosOptions {
  readonly seed: string[];
  readonly customers: string;
  readonly kills: string;
  readonly batches: string;
}

/**
 * Runs a night, has events posted, and runs the next night; undisturbed, then once a seed with worker, Gremlin Server, Temporal server and
 * API killed (SIGKILL) at random moments of the first night and of the posting. What is in the lake and the graph afterwards is the same.
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
    const batches = Number(options.batches);
    const undisturbed = await live(scratch, 'undisturbed', batches, new Random(0, 0), async () => []);
    const { night, posting } = undisturbed.seconds;
    say(`undisturbed: the night took ${night.toFixed(1)} s, the posting ${posting.toFixed(1)} s`);
    const stages = {
      night: { victims: VICTIMS, seconds: night },
      posting: { victims: VICTIMS_OF_POSTING, seconds: posting },
    };
    let failed = 0;
    for (const seed of options.seed) {
      const random = new Random(Number(seed), 0);
      const disturb: Disturb = (processes, stage, over) =>
        kill(processes, { ...stages[stage], random, times: Number(options.kills), over });
      const { content, kills, seconds } = await live(scratch, `seed-${seed}`, batches, random, disturb);
      const wrong = differences(undisturbed.content, content);
      failed += wrong.length > 0 ? 1 : 0;
      say(
        `seed ${seed}: killed ${kills.join(', ') || 'nobody'}; ${(seconds.night + seconds.posting).toFixed(1)} s; ${wrong.length === 0 ? 'the same' : 'DIFFERENT'}`,
      );
      for (const difference of wrong) say(`  ${difference}`);
    }
    say(`${options.seed.length - failed} passed, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Stage = 'night' | 'posting';

interface Life {
  readonly content: Fingerprint;
  readonly kills: readonly string[];
  readonly seconds: Readonly<Record<Stage, number>>;
}

type Disturb = (processes: HubProcesses, stage: Stage, over: AbortSignal) => Promise<string[]>;

/** A night, events that are posted, and the next night. */
async function live(scratch: string, name: string, batches: number, random: Random, disturb: Disturb): Promise<Life> {
  const hub = await loadHub(await hubFolder(scratch, name));
  const processes = await startHubProcesses(hub, new AbortController().signal, () => undefined);
  const kills: string[] = [];
  const staged = async (stage: Stage, work: () => Promise<unknown>) => {
    const over = new AbortController();
    const from = performance.now();
    try {
      const disturbing = disturb(processes, stage, over.signal);
      await work();
      over.abort();
      kills.push(...(await disturbing));
      return (performance.now() - from) / 1_000;
    } finally {
      over.abort();
    }
  };
  try {
    const { temporal, gremlin, apiUrl } = processes.addresses;
    const client = await connectClient(temporal);
    const night = await staged('night', () => runNightly(client, { date: BUSINESS_DATE }));
    await followStreams(client, hub);
    const posted = batchesOf(await customersOf(hub.dataFolder), batches);
    const posting = await staged('posting', async () => landed(hub.dataFolder, await post(apiUrl, posted, random)));
    await runNightly(client, { date: NEXT_DATE });
    await client.connection.close();
    const live = await graphAt(gremlin!.url, hub.dataFolder, 'graph');
    await processes.stop();
    const restored = await restoredGraph(hub.dataFolder);
    const content = { ...(await fingerprintLake(hub.dataFolder)), ...live, ...restored };
    return { content, kills, seconds: { night, posting } };
  } finally {
    await processes.stop();
  }
}

/** Some customers, by the number that the CRM knows them by. */
function customersOf(dataFolder: string): Promise<string[]> {
  return withLake(dataFolder, async (lake) => {
    const sql = "SELECT DISTINCT profile_id FROM profiles WHERE source = 'crm' ORDER BY profile_id LIMIT 100";
    return (await lake.rows<{ profile_id: string }>(sql)).map(({ profile_id: id }) => id.slice('crm:'.length));
  });
}

/** When so many events that were posted are in the lake. */
async function landed(dataFolder: string, events: number): Promise<void> {
  const until = Date.now() + HEALED_MS;
  await withLake(dataFolder, async (lake) => {
    for (;;) {
      const [row] = await lake.rows<{ n: bigint }>("SELECT count(*) AS n FROM events WHERE source = 'posted'");
      if (Number(row!.n) >= events) return;
      if (Date.now() > until) throw new Error(`of ${events} events that were accepted, ${row!.n} have landed`);
      await delay(500);
    }
  });
}

/** The telco example over the scratch world, with ports, data and a landing folder of its own. */
async function hubFolder(scratch: string, name: string): Promise<string> {
  const folder = join(scratch, name);
  await mkdir(folder);
  await cp(join(packageFolder, 'config'), folder, { recursive: true });
  // What is posted to one is not the others'.
  await cp(join(scratch, 'landing'), join(folder, 'landing'), { recursive: true, preserveTimestamps: true });
  const settings = { name, timezone: 'Europe/Berlin', data: 'data', landing: 'landing', api: { port: 0 } };
  await writeFile(join(folder, 'hub.yaml'), JSON.stringify(settings));
  return folder;
}

interface Killing {
  readonly victims: readonly HubProcessName[];
  /** How long what is disturbed takes where it is not. */
  readonly seconds: number;
  readonly times: number;
  readonly random: Random;
  readonly over: AbortSignal;
}

/** Kills at random moments of the time that something takes. */
async function kill(processes: HubProcesses, { victims, seconds, times, random, over }: Killing): Promise<string[]> {
  const killed: string[] = [];
  const moments = Array.from({ length: times }, () => random.unit() * seconds * 1000).sort((a, b) => a - b);
  let now = 0;
  for (const moment of moments) {
    const victim = random.pick(victims);
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
  .option('--kills <n>', 'how often somebody is killed in a night, and while events are posted', '4')
  .option('--batches <n>', 'how many batches of events are posted', '150')
  .action(chaos)
  .parseAsync()
  .then(
    () => process.exit(),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
