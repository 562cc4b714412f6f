import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SqlDesk } from '../adapters/sql/sql-desk';
import { literal } from '../core/sql/quote';
import type { Lake } from '../ports/lake';
import { journeyFrequencyQuestion, type JourneyFrequencyInput } from '../schemas/frequency';
import { stepWeights } from '../schemas/similarity';
import { startTrino } from '../test/stand-ins/trino-server';
import { openTrinoLake } from '../test/support/trino-lake';
import { encodedLake } from './encoded-lake';
import { median, print } from './measure';
import { cacheFolder, peerEvents, peerPython, peersFolder } from './peers';

const CUSTOMERS = 1_000_000;

const questions: Readonly<Record<string, JourneyFrequencyInput>> = {
  f1: { event: 'churn', as: 'end', steps: 6, top: 20 },
  f2: { event: 'bill_shock', as: 'start', steps: 6, top: 20 },
};

/**
 * The journey frequency analyzer in SQL over a table of 1 M words: on Trino with Iceberg, against DuckDB over Parquet in the
 * same run. `ratio` is Trino's time to DuckDB's.
 */
export async function frequencyEnginesBench(rounds: number): Promise<void> {
  if (!existsSync(join(peersFolder, 'paths_bench.py'))) {
    print({
      bench: 'frequency-engines',
      skipped: `no events in ${peersFolder}; set HUB_SHARED to the folder above peers`,
    });
    return;
  }
  const file = await peerEvents(await peerPython(), CUSTOMERS);
  const folder = join(cacheFolder, `lake-${CUSTOMERS}`);
  const local = await encodedLake(folder, file);
  const trino = await startTrino({ isMeasured: true });
  const engine = await openTrinoLake(trino);
  try {
    await copyWords(local.lake, engine.lake, join(folder, 'words.parquet'));
    for (const [mode, question] of Object.entries(questions))
      await compare(mode, question, [local.lake, engine.lake], rounds);
  } finally {
    await engine.close();
    await trino.stop();
    await local.close();
  }
}

async function copyWords(from: EncodedLocalLake, to: Lake, file: string): Promise<void> {
  await from.session({}, (session) =>
    session.run(
      `COPY (SELECT customer_id, word::INTEGER[] AS word, times, channels FROM journeys) TO ${literal(file)} (FORMAT parquet)`,
    ),
  );
  const steps = await from.rows<{ code: number; type: string }>('SELECT code, type FROM steps ORDER BY code');
  const columns = { code: steps.map(({ code }) => code), type: steps.map(({ type }) => type) };
  const start = performance.now();
  await to.commit({
    key: 'words',
    staged: { given: [file] },
    inputs: { letters: { columns: { code: 'INTEGER', type: 'VARCHAR' }, batches: [{ rows: steps.length, columns }] } },
    writes: [
      {
        table: 'journeys',
        mode: 'replace',
        select: `SELECT customer_id, word, times, channels, '' AS encoding FROM given`,
      },
      { table: 'steps', mode: 'replace', select: 'SELECT code, type FROM letters' },
    ],
  });
  print({
    bench: 'frequency-engines',
    kind: 'commit-words',
    engine: 'trino',
    wall_s: (performance.now() - start) / 1000,
  });
  await rm(file);
}

type EncodedLocalLake = Awaited<ReturnType<typeof encodedLake>>['lake'];

async function compare(
  mode: string,
  input: JourneyFrequencyInput,
  lakes: readonly Lake[],
  rounds: number,
): Promise<void> {
  const question = journeyFrequencyQuestion.parse(input);
  const seconds = new Map<Lake, number[]>(lakes.map((lake) => [lake, []]));
  const answers = new Map<Lake, string>();
  // The first round reads what the others find in memory, on either side.
  for (let round = 0; round <= rounds; round++) {
    for (const lake of lakes) {
      const desk = new SqlDesk(lake, { dialect: lake.dialect, weights: stepWeights.parse({}) });
      const start = performance.now();
      const { journeys, positions } = await desk.ask('frequency', question);
      if (round > 0) seconds.get(lake)!.push((performance.now() - start) / 1000);
      answers.set(lake, JSON.stringify({ journeys, positions }));
    }
  }
  const [local, engine] = lakes.map((lake) => median(seconds.get(lake)!)) as [number, number];
  const [one, other] = lakes.map((lake) => answers.get(lake));
  print({
    bench: 'frequency-engines',
    mode,
    rounds,
    duckdb_s: local,
    trino_s: engine,
    ratio: engine / local,
    equal: one === other,
  });
}
