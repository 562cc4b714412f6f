import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { similarityLimits } from '../core/similarity/limits';
import type { SimilarInFile } from '../schemas/similarity';
import { median, print, runNode, runProcess } from './measure';
import { peerEvents, peerPython, peersFolder, projectFolder } from './peers';

const CUSTOMERS = 1_000_000;
const QUERIES = 100;
const GROWTH_QUERIES = 10;
/** Growth is told from a tenth of the customers, with a tenth of the events. */
const SMALLER = 10;
const PEERS = ['polars_distance', 'rapidfuzz_cdist'] as const;

/** The customers that `similarity_bench.py` asks about, in its order: those with 8 steps or more, by its seed. */
const PEERS_QUERIES = `
import sys, json, duckdb, numpy as np
duckdb.execute("set enable_progress_bar = false")
rows = duckdb.sql(f"select customer_id, least(count(*), 30) n from '{sys.argv[1]}' group by 1 order by 1").fetchnumpy()
chosen = np.random.default_rng(1).choice(np.flatnonzero(rows["n"] >= 8), int(sys.argv[2]), replace=False)
print(json.dumps([str(rows["customer_id"][at]) for at in chosen]))
`;

const WEIGHTS = `pairs:
  - { steps: [app_bill_view, web_bill_view], cost: 0.2 }
  - { steps: [app_login, web_login], cost: 0.2 }
steps: { app_logout: 0.5, web_logout: 0.5 }
`;

interface Sample {
  readonly meanMs: number;
  readonly p95Ms: number;
  readonly wordsS: number;
  readonly indexS: number;
  readonly peakRssMb: number;
  readonly answer: string;
}

/**
 * Similar journeys among 1 M customers, their last 30 steps, 0.8 or more, against the peers of `similarity_bench.py`
 * side by side. `times_faster` is to the fastest peer's mean of the same run.
 */
export async function similarityBench(rounds: number): Promise<void> {
  if (!existsSync(join(peersFolder, 'similarity_bench.py'))) {
    print({
      bench: 'similarity',
      skipped: `no similarity_bench.py in ${peersFolder}; set HUB_SHARED to the folder above`,
    });
    return;
  }
  const python = await peerPython();
  const file = await peerEvents(python, CUSTOMERS);
  const chosen = await runProcess(python, ['-c', PEERS_QUERIES, file, String(QUERIES)]);
  const customers = JSON.parse(chosen.stdout) as string[];
  const folder = await mkdtemp(join(tmpdir(), 'hub-bench-'));
  try {
    const weights = join(folder, 'weights.yaml');
    await writeFile(weights, WEIGHTS);
    const runs: Readonly<Record<string, () => Promise<Sample>>> = {
      hub: () => askHub(file, customers),
      'hub, plain JavaScript': () => askHub(file, customers, [], { HUB_KERNELS: 'off' }),
      'hub, weighted': () => askHub(file, customers, ['--weights', weights]),
      ...Object.fromEntries(PEERS.map((tool) => [tool, () => askPeer(tool, python, file)])),
    };
    const samples: Record<string, Sample[]> = Object.fromEntries(Object.keys(runs).map((tool) => [tool, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [tool, run] of Object.entries(runs)) samples[tool]?.push(await run());
    }
    report(samples, rounds);
    await growth(python, customers.slice(0, GROWTH_QUERIES), rounds);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** How much longer ten times the events take: `times` as long, by the time until the journeys are words and indexed. */
async function growth(python: string, customers: readonly string[], rounds: number): Promise<void> {
  const files = [await peerEvents(python, CUSTOMERS / SMALLER), await peerEvents(python, CUSTOMERS)] as const;
  const seconds: [number[], number[]] = [[], []];
  const small = customers.map((customer) => String(Number(customer) % (CUSTOMERS / SMALLER)));
  for (let round = 0; round < rounds; round++) {
    for (const [index, file] of files.entries()) {
      const { wordsS, indexS } = await askHub(file, index === 0 ? small : customers);
      seconds[index]?.push(wordsS + indexS);
    }
  }
  const [smaller, larger] = [median(seconds[0]), median(seconds[1])];
  print({
    bench: 'similarity',
    kind: 'growth',
    events_times: SMALLER,
    s: larger,
    smaller_s: smaller,
    times: larger / smaller,
  });
}

function report(samples: Readonly<Record<string, readonly Sample[]>>, rounds: number): void {
  const medianOf = (tool: string, value: (sample: Sample) => number) => median((samples[tool] ?? []).map(value));
  const fastest = Math.min(...PEERS.map((tool) => medianOf(tool, ({ meanMs }) => meanMs)));
  for (const [tool, own] of Object.entries(samples)) {
    const meanMs = medianOf(tool, (sample) => sample.meanMs);
    print({
      bench: 'similarity',
      tool,
      queries: QUERIES,
      rounds,
      mean_ms: meanMs,
      p95_ms: medianOf(tool, ({ p95Ms }) => p95Ms),
      words_s: medianOf(tool, ({ wordsS }) => wordsS),
      index_s: medianOf(tool, ({ indexS }) => indexS),
      peak_rss_mb: Math.max(...own.map(({ peakRssMb }) => peakRssMb)),
      answer: own[0]?.answer ?? '',
      times_faster: fastest / meanMs,
    });
  }
}

async function askHub(
  file: string,
  customers: readonly string[],
  more: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<Sample> {
  const columns = ['--customer-col', 'customer_id', '--time-col', 'ts', '--event-col', 'event_type'];
  const question = ['--customers', customers.join(','), '--limit', String(similarityLimits.limit), '--json'];
  const command = ['journeys', 'similar', '--events', file, ...columns, ...question, ...more];
  const run = await runNode([join(projectFolder, 'bin', 'hub.js'), ...command], environment);
  const { results, timings } = JSON.parse(run.stdout) as SimilarInFile;
  const { mean, p95 } = timings['perQueryMs'] as { mean: number; p95: number };
  return {
    meanMs: mean,
    p95Ms: p95,
    wordsS: ((timings['load'] as number) + (timings['words'] as number)) / 1000,
    indexS: (timings['indexMs'] as number) / 1000,
    peakRssMb: run.peakRssMb,
    answer: answerHash(results),
  };
}

async function askPeer(tool: string, python: string, file: string): Promise<Sample> {
  const args = ['--tool', tool, '--file', file, '--queries', String(QUERIES)];
  const run = await runProcess(python, [join(peersFolder, 'similarity_bench.py'), ...args]);
  const said = JSON.parse(run.stdout) as Record<string, number> & { answer_hash: string };
  return {
    meanMs: said['per_query_ms_mean'] as number,
    p95Ms: said['per_query_ms_p95'] as number,
    wordsS: said['load_s'] as number,
    indexS: 0,
    peakRssMb: said['peak_rss_mb'] as number,
    answer: said.answer_hash,
  };
}

/** The peers' hash: MD5 of what Python's `json.dumps` makes of the sorted customers, a list a query. */
function answerHash(results: SimilarInFile['results']): string {
  const lists = results.map(({ matches }) => matches.map(({ customer }) => Number(customer)).sort((a, b) => a - b));
  const text = `[${lists.map((list) => `[${list.join(', ')}]`).join(', ')}]`;
  return createHash('md5').update(text).digest('hex').slice(0, 8);
}
