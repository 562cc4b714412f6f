import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from './measure';

/** The folder of this checkout, seen from `dist/bench`. */
export const projectFolder = join(__dirname, '..', '..');
/** What benchmarks make once and keep. */
export const cacheFolder = join(projectFolder, '.hub', 'bench');

/** `HUB_SHARED`, by default `../shared` beside the checkout. */
const sharedFolder = process.env['HUB_SHARED'] ?? join(projectFolder, '..', 'shared');
/** The peers' scripts. */
export const peersFolder = join(sharedFolder, 'peers');

/** A public data set. */
export function sharedData(name: string): string {
  return join(sharedFolder, 'data', name);
}

/** Packages of the Python environments, in the versions that were the newest when the benchmark was written. */
const PEER_PACKAGES = {
  venv: [
    'duckdb==2.0.0',
    'polars==2.1.0',
    'polars-distance==0.5.3',
    'rapidfuzz==3.14.6',
    'splink==5.0.0',
    'numpy',
    'pyarrow',
  ],
  'venv-xgboost': ['xgboost-cpu==3.0.5', 'numpy<3', 'scipy<2'],
  // It wants versions of its own.
  'venv-pm4py': ['pm4py==2.7.23.11', 'pyarrow'],
} as const;

/** A Python with peers' packages, installed on first use. */
export async function peerPython(environment: keyof typeof PEER_PACKAGES = 'venv'): Promise<string> {
  const packages = PEER_PACKAGES[environment];
  const venv = join(cacheFolder, environment);
  const python = join(venv, 'bin', 'python');
  // Other packages than last time: the environment is made anew.
  const ready = join(venv, `ready-${createHash('sha256').update(packages.join()).digest('hex').slice(0, 8)}`);
  if (!existsSync(ready)) {
    process.stderr.write(`bench: installing ${packages[0]} and others (once)\n`);
    await runProcess('python3', ['-m', 'venv', '--clear', venv]);
    await runProcess(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
    await mkdir(ready);
  }
  return python;
}

/** The peers' generated events of so many customers, about 20 events each; written on first use. */
export async function peerEvents(python: string, customers: number): Promise<string> {
  const file = join(cacheFolder, `events-${customers}.parquet`);
  if (!existsSync(file)) {
    process.stderr.write(`bench: generating the events of ${customers} customers (once)\n`);
    await runProcess(python, [
      join(peersFolder, 'gen_events.py'),
      ...['--customers', String(customers), '--out', `${file}.part`],
    ]);
    await rename(`${file}.part`, file);
  }
  return file;
}

/** The peers' generated telecom customers, about two records a person; written on first use. */
export async function peerPeople(python: string, records: number): Promise<string> {
  const file = join(cacheFolder, `identity-${records}.parquet`);
  if (!existsSync(file)) {
    process.stderr.write(`bench: generating ${records} records of people (once)\n`);
    const script = join(peersFolder, 'gen_identity.py');
    await runProcess(python, [script, '--records', String(records), '--out', `${file}.part`]);
    await rename(`${file}.part`, file);
  }
  return file;
}
