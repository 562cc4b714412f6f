import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../core/sql/quote';
import { print, runNode } from './measure';
import { cacheFolder, peerPeople, peerPython, peersFolder, projectFolder } from './peers';

export const PEOPLE = 1_000_000;
const ARRIVING = 1_000;
export const RECORD_ID = 'record_id';

/** A model trained on all but some of the peers' generated records, and these. */
export interface TrainedPeople {
  readonly model: string;
  /** The records that were left out, as a file and as profiles by column. */
  readonly arriving: string;
  readonly profiles: readonly Readonly<Record<string, string | null>>[];
  readonly trainS: number;
  /** For what else is made; removed at the end. */
  readonly folder: string;
}

/** Trains a model for a benchmark; prints that it is skipped where the peers are not there. */
export async function withTrainedPeople(bench: string, work: (people: TrainedPeople) => Promise<void>): Promise<void> {
  if (!existsSync(join(peersFolder, 'gen_identity.py'))) {
    print({ bench, skipped: `no gen_identity.py in ${peersFolder}; set HUB_SHARED to the folder above peers` });
    return;
  }
  const cached = join(cacheFolder, `identity-${PEOPLE}.parquet`);
  const file = existsSync(cached) ? cached : await peerPeople(await peerPython(), PEOPLE);
  const folder = await mkdtemp(join(tmpdir(), 'hub-bench-'));
  try {
    const [base, arriving, model] = ['base.parquet', 'arriving.parquet', 'model'].map((name) => join(folder, name));
    const profiles = await split(file, base!, arriving!);
    const args = ['identity', 'train', '--input', base!, '--id', RECORD_ID, '--out', model!, '--json'];
    const run = await runNode([join(projectFolder, 'bin', 'hub.js'), ...args]);
    await work({ model: model!, arriving: arriving!, profiles, trainS: run.wholeS, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Records are in random order: the first ones are left out, without the columns that tell who is who. */
async function split(file: string, base: string, arriving: string): Promise<TrainedPeople['profiles']> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const records = `(SELECT * EXCLUDE (entity_id, household_id) FROM read_parquet(${literal(file)}))`;
  await connection.run(`COPY (FROM ${records} WHERE ${RECORD_ID} >= ${ARRIVING}) TO ${literal(base)}`);
  await connection.run(`COPY (FROM ${records} WHERE ${RECORD_ID} < ${ARRIVING}) TO ${literal(arriving)}`);
  const rows = await connection.runAndReadAll(`SELECT * EXCLUDE (${RECORD_ID}, source) FROM ${literal(arriving)}`);
  connection.closeSync();
  instance.closeSync();
  return rows.getRowObjectsJS() as Record<string, string | null>[];
}
