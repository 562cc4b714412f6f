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
  readonly peak_mb: number;
}

/**
 * In a process of its own, so that its memory can be told: scores every customer of a lake by the activities of the night, two parts
 * at a time as the workflow does. Called with `train` it only makes sure that a model is deployed there.
 */
async function main([file, customers, what]: readonly string[]): Promise<void> {
  const folder = join(cacheFolder, `lake-${customers}`);
  const { lake, close } = await encodedLake(folder, file!);
  const objects = await openFolderObjectStore(join(folder, 'objects'));
  const stored = new StoredModels(objects, join(folder, 'tmp'));
  const churn = parse(await readFile(join(projectFolder, 'config', 'models', 'churn.yaml'), 'utf8')) as object;
  const spec = propensitySpec.parse({ ...churn, training: { mostRows: ROWS } });
  const parts = { lake, models: [spec], scorer: new LakeScorer(lake, stored), watch: new LakeWatch(lake, stored) };
  const { planScoring, scorePart, finishScoring } = createPropensityScoringActivities(parts);
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
    const seconds = (performance.now() - started) / 1_000;
    const tables = ['propensity_scores', 'propensity_runs'] as const;
    const writes = tables.map((table) => ({ table, mode: 'replace' as const, select: noRowsOf(table, lake.dialect) }));
    await lake.commit({ key: `forget-${Date.now()}`, writes });
    return { customers: scored, score_s: seconds, peak_mb: process.resourceUsage().maxRSS / 1_024 };
  }

  try {
    if (what === 'train') await train();
    else process.stdout.write(`${JSON.stringify(await score())}\n`);
  } finally {
    await close();
  }
}

void main(process.argv.slice(2));
