import { MockActivityEnvironment } from '@temporalio/testing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createPropensityModelActivities } from '../activities/propensity-models';
import { createPropensityScoringActivities } from '../activities/propensity-scoring';
import { openFolderObjectStore } from '../adapters/local/objects/folder-object-store';
import { LakeScorer } from '../adapters/local/propensity/lake-scorer';
import { LakeTrainer } from '../adapters/local/propensity/lake-trainer';
import { LakeWatch } from '../adapters/local/propensity/lake-watch';
import { StoredModels } from '../adapters/local/propensity/stored-models';
import { noRowsOf } from '../core/lake/tables';
import type { Lake } from '../ports/lake';
import { propensitySpec } from '../schemas/propensity';
import { encodedLake } from './encoded-lake';
import { cacheFolder, projectFolder } from './peers';

const PARTS_AT_A_TIME = 2;
/** What a model is learned from says how good it is, and not how long asking it takes. */
const ROWS = 30_000;
/** The generated events thin out soon after. */
const AS_OF = '2024-07-15';

/** What this process came to. */
export interface ScoredBase {
  readonly customers: number;
  readonly score_s: number;
  /** Of all threads, which tells more than the time does where others use the machine. */
  readonly score_cpu_s: number;
  readonly watch_s: number;
  readonly peak_mb: number;
}

/**
 * Has customers live together, which the generated events say nothing of, as they do in the sample world: of a hundred households 42,
 * 33, 12, 9 and 4 are of one to five people, who share the address, and a quarter of them the landline.
 */
async function shareHomes(lake: Lake): Promise<void> {
  const select = `WITH numbered AS (
  SELECT *, row_number() OVER (ORDER BY profile_id) - 1 AS number FROM profiles
), living AS (
  SELECT *, number // 200 * 100 + CASE
    WHEN number % 200 < 42 THEN number % 200
    WHEN number % 200 < 108 THEN 42 + (number % 200 - 42) // 2
    WHEN number % 200 < 144 THEN 75 + (number % 200 - 108) // 3
    WHEN number % 200 < 180 THEN 87 + (number % 200 - 144) // 4
    ELSE 96 + (number % 200 - 180) // 5 END AS household
  FROM numbered
)
SELECT * REPLACE (
  'Long Street ' || household AS street, '10115' AS postcode, 'BA-' || number AS account_id,
  CASE WHEN number % 4 = 0 THEN '+4930' || household ELSE '+4917' || number END AS phone
) FROM living`;
  await lake.commit({ key: 'homes', writes: [{ table: 'profiles', mode: 'replace', select }] });
}

/**
 * In a process of its own, so that its memory can be told: scores every customer of a lake by the activities of the night, two parts
 * at a time as the workflow does. Called with `train` it only makes sure that a model is deployed there.
 */
async function main([file, customers, what]: readonly string[]): Promise<void> {
  const folder = join(cacheFolder, `lake-${customers}`);
  const { lake, close } = await encodedLake(folder, file!);
  await shareHomes(lake);
  const objects = await openFolderObjectStore(join(folder, 'objects'));
  const stored = new StoredModels(objects, join(folder, 'tmp'));
  const churn = parse(await readFile(join(projectFolder, 'config', 'models', 'churn.yaml'), 'utf8')) as object;
  const spec = propensitySpec.parse({ ...churn, training: { mostRows: ROWS } });
  const parts = { lake, models: [spec], scorer: new LakeScorer(lake, stored), watch: new LakeWatch(lake, stored) };
  const { planScoring, scorePart, finishScoring, watchModel } = createPropensityScoringActivities(parts);
  const { planTraining, recordModel } = createPropensityModelActivities(parts);
  const environment = new MockActivityEnvironment();
  const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input) =>
    environment.run(activity, input) as Promise<Output>;

  async function train(): Promise<void> {
    const plan = await run(planTraining, { input: { model: spec.name, asOf: AS_OF }, startedAt: Date.now() });
    if (plan.champion !== undefined) return;
    const { version } = await new LakeTrainer(lake, stored, 2).train(plan);
    await run(recordModel, { model: spec.name, version, status: 'deployed', at: Date.now() });
  }

  async function score(): Promise<ScoredBase> {
    const started = performance.now();
    const usedBefore = process.cpuUsage();
    // As of another moment each time: the same scoring is not made again.
    const [plan] = await run(planScoring, { input: {}, startedAt: Date.parse(AS_OF) - (Date.now() % 86_400_000) });
    let [next, scored] = [0, 0];
    const scoreParts = async () => {
      while (next < plan!.parts) {
        const own = await run(scorePart, { plan: plan!, part: next++ });
        scored += own.customers;
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_A_TIME }, scoreParts));
    await run(finishScoring, plan!);
    const finished = performance.now();
    const { user, system } = process.cpuUsage(usedBefore);
    await run(watchModel, plan!);
    const watched = performance.now();
    const tables = ['propensity_scores', 'propensity_runs', 'model_watch'] as const;
    const writes = tables.map((table) => ({ table, mode: 'replace' as const, select: noRowsOf(table, lake.dialect) }));
    await lake.commit({ key: `forget-${Date.now()}`, writes });
    return {
      customers: scored,
      score_s: (finished - started) / 1_000,
      score_cpu_s: (user + system) / 1e6,
      watch_s: (watched - finished) / 1_000,
      peak_mb: process.resourceUsage().maxRSS / 1_024,
    };
  }

  try {
    if (what === 'train') await train();
    else process.stdout.write(`${JSON.stringify(await score())}\n`);
  } finally {
    await close();
  }
}

void main(process.argv.slice(2));
