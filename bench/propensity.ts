import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Xgboost } from '../adapters/local/propensity/xgboost';
import { randomNumbers } from '../core/statistics/random-numbers';
import type { LabelledMatrix } from '../ports/tree-booster';
import { PER_SECOND, withServedModel } from './model-server';
import { latencies } from './open-loop';
import { median, print, runNode, runProcess } from './measure';
import { peerEvents, peerPython, peersFolder, projectFolder, sharedData } from './peers';
import { engagementModels } from './propensity-engagement';
import { sampleWorld } from './propensity-sample';
import type { ScoredBase } from './score-base';

const NAME = 'propensity';

/** Learning and scoring what is likely to happen: how good, and how long beside Python's XGBoost. */
export async function propensityBench(rounds: number): Promise<void> {
  await telco();
  await learning(rounds);
  await sampleWorld();
  await engagementModels();
  await everybody(rounds);
}

/** 5 × 2 cross-validation of a public file, whole: from the shell, with all that is searched for in each fold. */
async function telco(): Promise<void> {
  const input = sharedData('telco_churn.csv');
  if (!existsSync(input)) {
    process.stderr.write(`bench: ${NAME}: ${input} is not there; how good it is on it was not measured\n`);
    return;
  }
  const out = await mkdtemp(join(tmpdir(), 'hub-bench-propensity-'));
  try {
    const hub = join(projectFolder, 'bin', 'hub.js');
    const options = ['--input', input, '--target', 'Churn=Yes', '--id', 'customerID', '--out', out, '--json'];
    const { stdout, wholeS, peakRssMb } = await runNode([hub, 'model', 'train', ...options]);
    const { evaluation } = JSON.parse(stdout) as {
      evaluation: { auc: number; ece: number; baselines: { linear: { auc: number; ece: number } } };
    };
    const { auc, ece, baselines } = evaluation;
    const linear = { linear_auc: baselines.linear.auc, linear_ece: baselines.linear.ece };
    print({
      bench: NAME,
      what: 'telco_churn, 5x2',
      tool: 'hub',
      auc,
      ece,
      ...linear,
      whole_s: wholeS,
      peak_mb: peakRssMb,
    });
    await serving(out);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** A customer of the file, as one is asked of. */
const CUSTOMER = {
  ...{
    gender: 'Female',
    SeniorCitizen: 0,
    Partner: 'Yes',
    Dependents: 'No',
    PhoneService: 'No',
    InternetService: 'DSL',
  },
  ...{ OnlineSecurity: 'No', Contract: 'Month-to-month', PaymentMethod: 'Electronic check', MonthlyCharges: 29.85 },
};
const SECONDS = 15;
const WARM_UP_S = 2;

/** One customer at a time, with and without reasons. */
async function serving(model: string): Promise<void> {
  await withServedModel(model, async (served) => {
    for (const reasons of [0, 5]) {
      const questions = Array.from({ length: 72 }, (_, tenure) => ({ features: { ...CUSTOMER, tenure }, reasons }));
      await served.ask(questions, WARM_UP_S);
      const answers = await served.ask(questions, SECONDS);
      print({
        bench: NAME,
        what: reasons === 0 ? 'online' : `online, with ${reasons} reasons`,
        one_core: served.onOneCore,
        per_second: PER_SECOND,
        ...latencies(answers),
        failed: answers.filter(({ status }) => status !== 200).length,
        rss_mb: await served.rssMb(),
      });
    }
  });
}

const ROWS = 100_000;
const COLUMNS = 40;
const TREES = 200;
const PARAMETERS = { objective: 'binary:logistic', tree_method: 'hist', max_depth: 6, eta: 0.1, nthread: 2, seed: 7 };

/** Reads the same numbers, and times what makes a matrix of them and learns. */
const PEER = `
import json, sys, time
import numpy as np, xgboost as xgb
folder, rows, columns, trees, parameters, rounds = sys.argv[1], *map(int, sys.argv[2:5]), json.loads(sys.argv[5]), int(sys.argv[6])
values = np.fromfile(folder + '/values', dtype=np.float32).reshape(rows, columns)
labels = np.fromfile(folder + '/labels', dtype=np.float32)
for _ in range(rounds):
    started = time.perf_counter()
    booster = xgb.train(parameters, xgb.DMatrix(values, label=labels), trees)
    seconds = time.perf_counter() - started
    print(json.dumps({'seconds': seconds, 'margins': booster.predict(xgb.DMatrix(values[:5]), output_margin=True).tolist()}))
`;

async function learning(rounds: number): Promise<void> {
  const python = await peerPython('venv-xgboost');
  const folder = await mkdtemp(join(tmpdir(), 'hub-bench-propensity-'));
  const booster = await Xgboost.start();
  try {
    const data = made();
    await writeFile(join(folder, 'values'), new Uint8Array(data.values.buffer));
    await writeFile(join(folder, 'labels'), new Uint8Array(data.labels.buffer));
    const own: number[] = [];
    let model = new Uint8Array();
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      model = Uint8Array.from(await booster.train(data, PARAMETERS, TREES));
      own.push((performance.now() - started) / 1_000);
    }
    const sizes = [ROWS, COLUMNS, TREES].map(String);
    const { stdout } = await runProcess(python, [
      '-c',
      PEER,
      folder,
      ...sizes,
      JSON.stringify(PARAMETERS),
      String(rounds),
    ]);
    const peer = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { seconds: number; margins: number[] });
    const opened = await booster.open(model);
    const margins = await opened.margins({ rows: 5, columns: COLUMNS, values: data.values.subarray(0, 5 * COLUMNS) });
    await opened.close();
    const [hubS, pythonS] = [median(own), median(peer.map(({ seconds }) => seconds))];
    const isSame = peer[0]!.margins.every((margin, row) => Math.fround(margin) === margins[row]);
    const what = `${ROWS / 1_000} k x ${COLUMNS} x ${TREES} trees`;
    print({ bench: NAME, what, rounds, hub_s: hubS, python_s: pythonS, ratio: hubS / pythonS, same_margins: isSame });
  } finally {
    await booster.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const CUSTOMERS = 1_000_000;

/** From the lake of so many customers to their scores in it, in a process that does nothing else. */
async function everybody(rounds: number): Promise<void> {
  if (!existsSync(join(peersFolder, 'gen_events.py'))) {
    process.stderr.write(`bench: ${NAME}: no events in ${peersFolder}; scoring everybody was not measured\n`);
    return;
  }
  const file = await peerEvents(await peerPython(), CUSTOMERS);
  const base = (what: string) => runNode([join(__dirname, 'score-base.js'), file, String(CUSTOMERS), what]);
  await base('train');
  const runs: ScoredBase[] = [];
  for (let round = 0; round < rounds; round++) runs.push(JSON.parse((await base('score')).stdout) as ScoredBase);
  print({
    bench: NAME,
    what: `scoring ${CUSTOMERS / 1_000_000} M customers`,
    rounds,
    scored: runs[0]!.customers,
    score_s: median(runs.map(({ score_s }) => score_s)),
    score_cpu_s: median(runs.map(({ score_cpu_s }) => score_cpu_s)),
    watch_s: median(runs.map(({ watch_s }) => watch_s)),
    peak_mb: Math.max(...runs.map(({ peak_mb }) => peak_mb)),
  });
}

function made(): LabelledMatrix {
  const random = randomNumbers(1);
  const values = Float32Array.from({ length: ROWS * COLUMNS }, () => (random() < 0.05 ? Number.NaN : random()));
  const labels = Float32Array.from({ length: ROWS }, (_, row) => {
    const [first, second, third] = values.subarray(row * COLUMNS, row * COLUMNS + 3);
    return (first || 0) * (second || 0) + 0.4 * (third || 0) + 0.5 * random() > 0.7 ? 1 : 0;
  });
  return { rows: ROWS, columns: COLUMNS, values, labels };
}
