import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Xgboost } from '../adapters/local/propensity/xgboost';
import type { PropensityTables } from '../adapters/sql/propensity-tables';
import { encodeLabelled } from '../core/propensity/encoding';
import type { BinaryMeasures } from '../core/propensity/evaluate';
import type { TestedModel } from '../core/propensity/held-out';
import { strongestReasons } from '../core/propensity/reasons';
import { plantedJourneys } from '../core/sample/steps';
import type { Lake } from '../ports/lake';
import type { LabelledMatrix, TreeBooster } from '../ports/tree-booster';
import { print, runProcess } from './measure';
import { peerPython } from './peers';
import { folderOf, sampleLake, type LakeWorld } from './sample-lake';
import { learnShippedModel } from './shipped-model';

const NAME = 'propensity';
const WORLD = { customers: 20_000, days: 120, seed: 7 };
const REASONS = 5;
/** A planted journey is walked within so many days. */
const STORY_DAYS = 14;

/** Churn in the sample world: from its lake to a model that is tested with a later time and other customers. */
export async function sampleWorld(world: LakeWorld = WORLD): Promise<void> {
  const lake = await sampleLake(world);
  const booster = await Xgboost.start();
  try {
    const { tables, model, told } = await learnShippedModel('churn', { lake, world, booster });
    const { auc, aucInterval, prAuc, ece, lift5, lift10 } = model.measures as BinaryMeasures;
    print({
      bench: NAME,
      what: `churn in the sample world, ${world.customers} customers, seed ${world.seed}`,
      ...told,
      auc,
      auc_from: aucInterval[0],
      auc_to: aucInterval[1],
      pr_auc: prAuc,
      ece,
      lift5,
      lift10,
      linear_auc: (model.baselines.linear as BinaryMeasures).auc,
      ...(await pythonBest(tables, model)),
    });
    print({
      bench: NAME,
      what: 'reasons',
      ...(await reasonsNamed(lake, join(folderOf(world), 'truth'), tables, model, booster)),
    });
  } finally {
    await booster.close();
    await lake.close();
  }
}

/**
 * What Python's XGBoost reaches on the tested rows, for each of some shapes with as many rounds as cross-validation by customers
 * finds best: that of the shape which it would choose, and the best of all, which nobody can know.
 */
const BEST = `
import json, sys
import numpy as np, xgboost as xgb
folder, columns = sys.argv[1], int(sys.argv[2])
def read(name):
    values = np.fromfile(f'{folder}/{name}-values', dtype=np.float32).reshape(-1, columns)
    return values, np.fromfile(f'{folder}/{name}-labels', dtype=np.float32)
(values, labels), (tested, truth) = read('train'), read('test')
groups = np.fromfile(f'{folder}/train-groups', dtype=np.int32)
fold = np.random.RandomState(1).randint(0, 3, groups.max() + 1)[groups]
part = lambda rows: xgb.DMatrix(values[rows], label=labels[rows])
parts = [(part(fold != own), part(fold == own)) for own in range(3)]
whole, test = xgb.DMatrix(values, label=labels), xgb.DMatrix(tested, label=truth)
found = []
for depth in (1, 2, 3, 4, 6):
    parameters = {'objective': 'binary:logistic', 'eval_metric': 'logloss', 'max_depth': depth, 'eta': 0.1, 'subsample': 0.8,
                  'colsample_bytree': 0.8, 'tree_method': 'hist', 'nthread': 2, 'seed': 1}
    runs = [xgb.train(parameters, train, 600, evals=[(held, 'held')], early_stopping_rounds=30, verbose_eval=False) for train, held in parts]
    rounds = int(np.mean([run.best_iteration + 1 for run in runs]))
    booster = xgb.train({**parameters, 'eval_metric': 'auc'}, whole, rounds)
    auc = float(booster.eval(test).split(':')[1])
    found.append((float(np.mean([run.best_score for run in runs])), auc))
print(json.dumps({'python_auc': min(found)[1], 'python_best_auc': max(auc for _, auc in found)}))
`;

async function pythonBest(
  { train, test }: PropensityTables,
  { encoding }: TestedModel,
): Promise<Record<string, number>> {
  const python = await peerPython('venv-xgboost');
  const folder = await mkdtemp(join(tmpdir(), 'hub-bench-propensity-'));
  try {
    const write = async (name: string, { values, labels }: LabelledMatrix) => {
      await writeFile(join(folder, `${name}-values`), new Uint8Array(values.buffer));
      await writeFile(join(folder, `${name}-labels`), new Uint8Array(labels.buffer));
    };
    await write('train', encodeLabelled(train, encoding));
    await writeFile(join(folder, 'train-groups'), new Uint8Array(train.groups!.buffer));
    await write('test', encodeLabelled(test, encoding));
    const { stdout } = await runProcess(python, ['-c', BEST, folder, String(encoding.columns.length)]);
    return JSON.parse(stdout) as Record<string, number>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * How often one of the strongest reasons names a step of the journey that was planted, of those who churn on one: of all of them,
 * and of those whose story had begun when they were looked at (of the others nothing can be known yet).
 */
async function reasonsNamed(
  lake: Lake,
  truth: string,
  { test, customers }: PropensityTables,
  { trees, encoding, calibration }: TestedModel,
  booster: TreeBooster,
) {
  const planted = await plantedOf(lake, truth);
  const opened = await booster.open(trees);
  const matrix = encodeLabelled(test, encoding);
  const width = encoding.columns.length;
  const daysSince = (letter: string, row: number) => {
    const feature = test.features.find(({ name }) => name === `days since ${letter}`);
    return feature?.kind === 'number' ? feature.values[row]! : Number.NaN;
  };
  const found = { churners: 0, begun: 0, named: 0 };
  try {
    for (let row = 0; row < test.rows; row++) {
      const story = planted.get(customers.test[row]!);
      if (test.labels[row] !== 1 || story === undefined) continue;
      found.churners++;
      if (!(daysSince(story[0]!, row) <= STORY_DAYS)) continue;
      found.begun++;
      const values = matrix.values.subarray(row * width, (row + 1) * width);
      const added = await opened.contributions({ rows: 1, columns: width, values });
      const reasons = strongestReasons(encoding.columns, added, REASONS, calibration!.slope);
      const names = (feature: string) => story.some((step) => feature.split(' ').includes(step));
      if (reasons.some(({ feature, adds }) => adds > 0 && names(feature))) found.named++;
    }
  } finally {
    await opened.close();
  }
  return { planted_churners: found.churners, whose_story_had_begun: found.begun, named: found.named / found.begun };
}

/** By customer, the steps before churn of the journey that was planted. */
async function plantedOf(lake: Lake, truth: string): Promise<Map<string, readonly string[]>> {
  const rows = async (name: string) =>
    (await readFile(join(truth, name), 'utf8'))
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
  const stories = new Map(
    plantedJourneys
      .filter(({ steps }) => steps.includes('churn'))
      .map(({ name, steps }) => [name, steps.filter((step) => step !== 'churn')]),
  );
  const storyOf = new Map((await rows('journeys.csv')).map(([person, journey]) => [person, stories.get(journey!)]));
  const sql = 'SELECT profile_id, customer_id FROM identities';
  const customerOf = new Map(
    (await lake.rows<{ profile_id: string; customer_id: string }>(sql)).map((row) => [row.profile_id, row.customer_id]),
  );
  const found = new Map<string, readonly string[]>();
  for (const [person, , system, id] of await rows('people.csv')) {
    const customer = customerOf.get(`${system}:${id}`);
    const story = storyOf.get(person);
    if (customer !== undefined && story !== undefined) found.set(customer, story);
  }
  return found;
}
