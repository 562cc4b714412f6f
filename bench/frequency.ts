import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createQuestionActivities } from '../activities/questions';
import { LakeDesk } from '../adapters/local/journeys/lake-desk';
import type { JourneyFrequencyAnswer, JourneyCut, JourneyFrequencyInput } from '../schemas/frequency';
import { stepWeights } from '../schemas/similarity';
import { encodedLake } from './encoded-lake';
import { median, print, runNode, runProcess } from './measure';
import { cacheFolder, peerEvents, peerPython, peersFolder, projectFolder } from './peers';

const CUSTOMERS = 1_000_000;
const PEERS = ['duckdb_argmax', 'duckdb_window', 'polars'] as const;
const REPEATS = 7;

/** The peers' two questions, by their name for them. */
const questions: Readonly<Record<string, JourneyCut>> = {
  f1: { event: 'churn', as: 'end', steps: 6, top: 20 },
  f2: { event: 'bill_shock', as: 'start', steps: 6, top: 20 },
};

interface Sample {
  readonly wholeS: number;
  /** Without the start of the interpreter and its imports. */
  readonly wallS: number;
  readonly peakRssMb: number;
  readonly answer: string;
}

/**
 * The journey frequency analyzer on 1 M customers with 20 M events, against the peers of `paths_bench.py`:
 * - `one-shot`: a new process answers from the Parquet file
 * - `repeated`: the same question against the encoded lake, as the worker answers it
 * - `any`: every step type as the event of interest, without and with filters
 *
 * `ratio` is to the fastest peer of the same run, by the whole process and by the time its own clock shows.
 */
export async function frequencyBench(rounds: number): Promise<void> {
  if (!existsSync(join(peersFolder, 'paths_bench.py'))) {
    print({
      bench: 'frequency',
      skipped: `no paths_bench.py in ${peersFolder}; set HUB_SHARED to the folder above peers`,
    });
    return;
  }
  const python = await peerPython();
  const file = await peerEvents(python, CUSTOMERS);
  const fastestPeerS: Record<string, number> = {};
  const pm4pyS: Record<string, number> = {};
  for (const mode of Object.keys(questions)) {
    fastestPeerS[mode] = await oneShot(mode, python, file, rounds);
    pm4pyS[mode] = await processMining(mode, file);
  }
  await repeated(file, { fastestPeerS, pm4pyS });
}

/** Interleaves the tools, so that a slow minute of the machine hits all of them. Returns the fastest peer's own time. */
async function oneShot(mode: string, python: string, file: string, rounds: number): Promise<number> {
  const tools = ['hub', ...PEERS];
  const samples = new Map<string, Sample[]>(tools.map((tool) => [tool, []]));
  const threads = availableParallelism();
  for (let round = 0; round < rounds; round++) {
    for (const tool of tools) {
      samples
        .get(tool)
        ?.push(await (tool === 'hub' ? askHub(mode, file, threads) : askPeer(tool, mode, python, file, threads)));
    }
  }
  const medianOf = (tool: string, value: (sample: Sample) => number) => median((samples.get(tool) ?? []).map(value));
  const fastest = (value: (sample: Sample) => number) => Math.min(...PEERS.map((tool) => medianOf(tool, value)));
  for (const tool of tools) {
    const wholeS = medianOf(tool, (sample) => sample.wholeS);
    const wallS = medianOf(tool, (sample) => sample.wallS);
    print({
      bench: 'frequency',
      kind: 'one-shot',
      tool,
      mode,
      threads,
      rounds,
      whole_s: wholeS,
      wall_s: wallS,
      peak_rss_mb: Math.max(...(samples.get(tool) ?? []).map(({ peakRssMb }) => peakRssMb)),
      answer: samples.get(tool)?.[0]?.answer ?? '',
      whole_ratio: wholeS / fastest((sample) => sample.wholeS),
      wall_ratio: wallS / fastest((sample) => sample.wallS),
    });
  }
  return fastest((sample) => sample.wallS);
}

/** The process miners' own tool, once: it takes half a minute. Returns its own time. */
async function processMining(mode: string, file: string): Promise<number> {
  const { wholeS, wallS, peakRssMb, answer } = await askPeer('pm4py', mode, await peerPython('venv-pm4py'), file, 2);
  print({
    bench: 'frequency',
    kind: 'one-shot',
    tool: 'pm4py',
    mode,
    rounds: 1,
    whole_s: wholeS,
    wall_s: wallS,
    peak_rss_mb: peakRssMb,
    answer,
  });
  return wallS;
}

async function askHub(mode: string, file: string, threads: number): Promise<Sample> {
  const question = questions[mode] as JourneyCut;
  const columns = ['--customer-col', 'customer_id', '--time-col', 'ts', '--event-col', 'event_type'];
  const args = ['journeys', 'frequency', '--events', file, ...columns, `--${question.as}`, question.event];
  const run = await runNode([join(projectFolder, 'bin', 'hub.js'), ...args, '--threads', String(threads), '--json']);
  const answer = JSON.parse(run.stdout) as JourneyFrequencyAnswer;
  return { ...run, wallS: (answer.timings['total'] ?? NaN) / 1000, answer: answerHash(answer) };
}

async function askPeer(tool: string, mode: string, python: string, file: string, threads: number): Promise<Sample> {
  const args = ['--tool', tool, '--mode', mode, '--file', file, '--threads', String(threads)];
  const run = await runProcess(python, [join(peersFolder, 'paths_bench.py'), ...args]);
  const said = JSON.parse(run.stdout) as { wall_s: number; peak_rss_mb: number; top_hash: string; pos_hash: string };
  return { ...run, wallS: said.wall_s, peakRssMb: said.peak_rss_mb, answer: `${said.top_hash}/${said.pos_hash}` };
}

/** Seconds by question. */
type PeerTimes = Readonly<Record<'fastestPeerS' | 'pm4pyS', Readonly<Record<string, number>>>>;

/** The same question asked of the encoded lake again and again, as the worker answers it. */
async function repeated(file: string, { fastestPeerS, pm4pyS }: PeerTimes): Promise<void> {
  const encoded = await encodedLake(join(cacheFolder, `lake-${CUSTOMERS}`), file);
  const desk = new LakeDesk(encoded.lake, { weights: stepWeights.parse({}), memoryMb: Infinity });
  const activities = createQuestionActivities({ desk, lake: encoded.lake });
  const ask = (question: JourneyFrequencyInput) =>
    new MockActivityEnvironment().run(activities.analyzeJourneyFrequency, {
      question,
    }) as Promise<JourneyFrequencyAnswer>;
  for (const [stage, seconds] of Object.entries(encoded.seconds)) {
    print({ bench: 'frequency', kind: 'encode-lake', stage, wall_s: seconds });
  }
  const alphabet = (await encoded.lake.rows<{ type: string }>('SELECT type FROM steps ORDER BY code')).map(
    ({ type }) => type,
  );
  const started = performance.now();
  await ask({ event: 'churn', as: 'end', steps: 1, top: 1 });
  print({ bench: 'frequency', kind: 'load-words', wall_s: (performance.now() - started) / 1000 });
  for (const [mode, question] of Object.entries(questions)) {
    const answer = answerHash(await ask(question));
    const times: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const asked = performance.now();
      await ask(question);
      times.push((performance.now() - asked) / 1000);
    }
    const wallS = median(times);
    const peakRssMb = process.resourceUsage().maxRSS / 1024;
    print({
      bench: 'frequency',
      kind: 'repeated',
      tool: 'hub',
      mode,
      wall_s: wallS,
      answer,
      peak_rss_mb: peakRssMb,
      times_faster_than_fastest_peer: (fastestPeerS[mode] as number) / wallS,
      times_faster_than_pm4py: (pm4pyS[mode] as number) / wallS,
    });
  }
  await anyQuestion(ask, alphabet);
  await encoded.close();
}

/** Every step type as the event of interest, to it and from it, over short and long windows; then with filters. */
async function anyQuestion(
  ask: (question: JourneyFrequencyInput) => Promise<JourneyFrequencyAnswer>,
  alphabet: readonly string[],
): Promise<void> {
  const filters: Readonly<Record<string, Partial<JourneyFrequencyInput>>> = {
    none: {},
    'collapsed, ignored, gap': { repeats: 'collapse', ignore: [alphabet[0] as string], maxGapHours: 72 },
    segment: { segment: { had: [alphabet[1] as string], hadNot: [alphabet[2] as string] } },
    'every occurrence': { occurrence: 'every' },
    tree: { tree: {} },
  };
  for (const [name, filter] of Object.entries(filters)) {
    const times: number[] = [];
    for (const event of alphabet.slice(3)) {
      for (const as of ['start', 'end'] as const) {
        for (const steps of [3, 12]) {
          const asked = performance.now();
          await ask({ event, as, steps, ...filter });
          times.push((performance.now() - asked) / 1000);
        }
      }
    }
    times.sort((a, b) => a - b);
    const [p50, p95] = [0.5, 0.95].map((quantile) => times[Math.ceil(times.length * quantile) - 1] as number);
    const peakRssMb = process.resourceUsage().maxRSS / 1024;
    print({
      bench: 'frequency',
      kind: 'any',
      filters: name,
      questions: times.length,
      p50_s: p50!,
      p95_s: p95!,
      peak_rss_mb: peakRssMb,
    });
  }
}

/** The peers' `top_hash/pos_hash`: MD5 of what Python's `json.dumps` makes of the joined journeys and the positions. */
function answerHash({ journeys, positions }: Pick<JourneyFrequencyAnswer, 'journeys' | 'positions'>): string {
  const joined = journeys.map(({ steps, count }) => [steps.join('>'), count] as const);
  const byPosition = positions.map(({ offset, step, count }) => [offset, step, count] as const);
  byPosition.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
  return [joined, byPosition].map((list) => md5(pythonJson(list)).slice(0, 8)).join('/');
}

function pythonJson(lists: readonly (readonly (string | number)[])[]): string {
  return `[${lists.map((list) => `[${list.map((value) => JSON.stringify(value)).join(', ')}]`).join(', ')}]`;
}

function md5(content: string): string {
  return createHash('md5').update(content).digest('hex');
}
