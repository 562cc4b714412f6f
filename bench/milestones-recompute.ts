import { MockActivityEnvironment } from '@temporalio/testing';
import { join } from 'node:path';
import { createMilestoneActivities, type RecomputeResult } from '../activities/milestones';
import { readMilestones } from '../adapters/local/milestones/milestone-files';
import type { DeclaredMilestones, Milestone } from '../core/milestones/milestone';
import type { MilestoneRunPlan } from '../schemas/milestone-run';
import { encodedLake } from './encoded-lake';
import { projectFolder } from './peers';

/** The ten milestones of the example, in terms of the generated events, which know no `activation`. */
export async function benchMilestones(): Promise<DeclaredMilestones> {
  const attributes = { amount: 'amount' };
  const source = { events: { attributes } } as never;
  const declared = await readMilestones(join(projectFolder, 'config'), [source]);
  const milestones = declared.milestones.map(
    (milestone) => JSON.parse(JSON.stringify(milestone).replaceAll('"activation"', '"device_purchase"')) as Milestone,
  );
  return { ...declared, milestones };
}

/** Computes every milestone for everybody, as the night does, in the lake of a folder; prints what it took. */
async function main([folder, file]: readonly string[]): Promise<void> {
  const { lake, close } = await encodedLake(folder!, file!);
  const { recomputeMilestones } = createMilestoneActivities({
    lake,
    graph: { query: () => Promise.reject(new Error('there is no graph here')) },
    milestones: await benchMilestones(),
    settings: { milestones: { mostElements: 10_000_000 } },
  });
  const plan: MilestoneRunPlan = { mode: 'full', dryRun: false, asOf: Date.now() };
  const start = performance.now();
  const result = (await new MockActivityEnvironment().run(recomputeMilestones, plan)) as RecomputeResult;
  const seconds = (performance.now() - start) / 1000;
  const reached = result.computed.reduce((sum, milestone) => sum + milestone.reached, 0);
  process.stdout.write(JSON.stringify({ seconds, milestones: result.computed.length, reached }));
  await close();
}

if (require.main === module) void main(process.argv.slice(2)).then(() => process.exit());
