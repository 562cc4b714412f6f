import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evaluation } from '../adapters/local/identity/evaluate-file';
import { median, print, runNode, runProcess } from './measure';
import { cacheFolder, peerPeople, peerPython, peersFolder, projectFolder } from './peers';

/** Data to link: how the peer calls it, the file with its labels, and the columns of record and person. */
export interface LabelledData {
  readonly name: string;
  readonly peerArgs: readonly string[];
  readonly file: string;
  readonly id: string;
  readonly truth: string;
}

/**
 * Identity resolution without labels against Splink (`splink_bench.py`), each in a process of its own: accuracy of
 * clusters by pairs of records, and time. `ratio` is to Splink's fastest sensible setting, by the time of its own clock.
 */
export async function identityBench(rounds: number): Promise<void> {
  const peer = join(peersFolder, 'splink_bench.py');
  if (!existsSync(peer)) {
    print({
      bench: 'identity',
      skipped: `no splink_bench.py in ${peersFolder}; set HUB_SHARED to the folder above peers`,
    });
    return;
  }
  const python = await peerPython();
  for (const data of await labelledData(python)) {
    const hub: { readonly wholeS: number; readonly found: Evaluation }[] = [];
    const splinkS: number[] = [];
    let splink: SplinkAnswer | undefined;
    for (let round = 0; round < rounds; round++) {
      hub.push(await askHub(data));
      const run = await runProcess(python, [peer, ...data.peerArgs]);
      splink = JSON.parse(run.stdout) as SplinkAnswer;
      splinkS.push(splink.total_s);
    }
    const { found } = hub[0]!;
    const stageS = (stage: string) => median(hub.map((sample) => sample.found.timings[stage] as number));
    const totalS = stageS('total');
    const base = { bench: 'identity', data: data.name, records: found.records, rounds };
    print({
      ...base,
      tool: 'hub',
      total_s: totalS,
      whole_s: median(hub.map(({ wholeS }) => wholeS)),
      ratio: totalS / median(splinkS),
      cluster_f1: found.clusters.f1,
      cluster_b3_f1: found.clusters.b3.f1,
      pair_f1: found.pairs.f1,
      blocking_recall: found.pairs.blockingRecall,
      pairs: found.pairs.compared,
      peak_rss_mb: Math.max(...hub.map((sample) => sample.found.peakRssMb)),
      ...Object.fromEntries(Object.keys(found.timings).map((stage) => [`${stage}_s`, stageS(stage)])),
    });
    print({
      ...base,
      tool: 'splink',
      total_s: median(splinkS),
      cluster_f1: splink!.cluster_095.f1,
      pair_f1: splink!.at_095.f1,
      peak_rss_mb: splink!.peak_rss_mb,
    });
  }
}

interface SplinkAnswer {
  readonly total_s: number;
  readonly peak_rss_mb: number;
  readonly cluster_095: { readonly f1: number };
  readonly at_095: { readonly f1: number };
}

async function askHub({ file, id, truth }: LabelledData): Promise<{ wholeS: number; found: Evaluation }> {
  const args = ['identity', 'evaluate', '--input', file, '--id', id, '--truth', truth, '--json'];
  const run = await runNode([join(projectFolder, 'bin', 'hub.js'), ...args]);
  return { wholeS: run.wholeS, found: JSON.parse(run.stdout) as Evaluation };
}

/** @param sizes records of generated data */
export async function labelledData(
  python: string,
  sizes: readonly number[] = [100_000, 1_000_000],
): Promise<LabelledData[]> {
  const shared = join(peersFolder, '..', 'data');
  const generated = await Promise.all(sizes.map((records) => peerPeople(python, records)));
  return [
    {
      name: 'febrl3',
      peerArgs: ['--dataset', 'febrl3', '--data', shared],
      file: await labelFebrl(join(shared, 'dataset3.csv')),
      id: 'rec_id',
      truth: 'person',
    },
    {
      name: 'fake_1000',
      peerArgs: ['--dataset', 'fake_1000', '--data', shared],
      file: join(shared, 'fake_1000.csv'),
      id: 'unique_id',
      truth: 'cluster',
    },
    ...generated.map((file) => ({
      name: `telecom ${file.includes('1000000') ? '1 M' : '100 k'}`,
      peerArgs: ['--dataset', 'identity', '--file', file, '--u_pairs', '1e6'],
      file,
      id: 'record_id',
      truth: 'entity_id',
    })),
  ];
}

/** FEBRL's people stand in the ids of their records: rec-7-org and rec-7-dup-1 are one. */
async function labelFebrl(source: string): Promise<string> {
  const file = join(cacheFolder, 'febrl3.csv');
  if (existsSync(file)) return file;
  await mkdir(cacheFolder, { recursive: true });
  const [header, ...rows] = (await readFile(source, 'utf8')).trim().split('\n');
  await writeFile(file, [`${header}, person`, ...rows.map((row) => `${row}, ${row.split('-')[1]}`), ''].join('\n'));
  return file;
}
