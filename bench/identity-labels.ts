import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { evaluateFile } from '../adapters/local/identity/evaluate-file';
import { pairsToLabel } from '../adapters/local/identity/pairs-to-label';
import { openRecords } from '../adapters/local/identity/records-file';
import { identifier } from '../core/sql/quote';
import { randomNumbers } from '../core/statistics/random-numbers';
import type { LinkageSettings } from '../schemas/linkage';
import { labelledData, type LabelledData } from './identity';
import { print } from './measure';
import { peerPython } from './peers';

const NAME = 'identity-labels';
const LABELS = [0, 50, 200];
/** Shares of labels that are wrong. */
const WRONG = [0, 0.05];
/** Records of the generated data: with more, only the time is another. */
const RECORDS = 100_000;

/**
 * What labels are worth: the accuracy of clusters with so many answers to `hub identity label`, simulated from the truth, some of
 * them wrong. Seeds choose which pairs are asked about.
 */
export async function identityLabelsBench(rounds: number): Promise<void> {
  for (const data of await labelledData(await peerPython(), [RECORDS])) {
    const person = await peopleOf(data);
    const { settings } = await evaluateFile({ inputs: [data.file], ...columnsOf(data) });
    for (const count of LABELS) {
      for (const wrong of count === 0 ? [0] : WRONG) {
        const f1: number[] = [];
        for (let seed = 1; seed <= (count === 0 ? 1 : rounds); seed++) {
          f1.push(await clusterF1(data, settings, person, { count, wrong, seed }));
        }
        const mean = f1.reduce((sum, own) => sum + own, 0) / f1.length;
        const measured = { rounds: f1.length, cluster_f1: mean, least_f1: Math.min(...f1) };
        print({ bench: NAME, tool: 'hub', data: data.name, labels: count, wrong, ...measured });
      }
    }
  }
}

function columnsOf({ id, truth }: LabelledData) {
  return { id, truth };
}

interface Asked {
  readonly count: number;
  readonly wrong: number;
  readonly seed: number;
}

async function clusterF1(
  data: LabelledData,
  settings: LinkageSettings,
  person: ReadonlyMap<string, string>,
  { count, wrong, seed }: Asked,
): Promise<number> {
  const question = { inputs: [data.file], ...columnsOf(data), settings };
  if (count === 0) return (await evaluateFile(question)).clusters.f1;
  const asked = { columns: [], rows: [] };
  const { file: input, id } = data;
  const pairs = await pairsToLabel({ input, id, settings: { ...settings, seed }, asked, pairs: count });
  const random = randomNumbers(seed);
  const rows = pairs.map(({ a, b }) => {
    const isMatch = (person.get(a) === person.get(b)) !== random() < wrong;
    return `${a},${b},${isMatch ? 'yes' : 'no'}`;
  });
  const folder = await mkdtemp(join(tmpdir(), 'hub-bench-labels-'));
  try {
    const labels = join(folder, 'labels.csv');
    await writeFile(labels, ['record_a,record_b,match', ...rows, ''].join('\n'));
    return (await evaluateFile({ ...question, labels })).clusters.f1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** By record, the person that it is of. */
async function peopleOf({ file, id, truth }: LabelledData): Promise<Map<string, string>> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const { relation } = await openRecords(connection, file, {}, tmpdir());
  const rows = await connection.runAndReadAll(`SELECT ${identifier(id)}, ${identifier(truth)} FROM ${relation}`);
  connection.closeSync();
  instance.closeSync();
  return new Map(rows.getRowsJS() as [string, string][]);
}
