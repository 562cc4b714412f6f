import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Update } from '../adapters/local/identity/update-file';
import { median, print, runNode } from './measure';
import { projectFolder } from './peers';
import { PEOPLE, RECORD_ID, withTrainedPeople } from './trained-people';

const NAME = 'identity-incremental';

/**
 * A thousand new records against a million: reading the index, normalising, blocking, comparing, clustering, writing.
 * `whole_s` is from before the process starts until it has ended.
 */
export async function identityIncrementalBench(rounds: number): Promise<void> {
  await withTrainedPeople(NAME, async ({ model, arriving, trainS, folder }) => {
    const runs: { readonly wholeS: number; readonly peakRssMb: number; readonly found: Update }[] = [];
    for (let round = 0; round < rounds; round++) {
      // Each round takes them into an index that does not have them.
      const copy = join(folder, `model-${round}`);
      await cp(model, copy, { recursive: true });
      const args = ['identity', 'update', '--model', copy, '--input', arriving, '--id', RECORD_ID, '--json'];
      const run = await runNode([join(projectFolder, 'bin', 'hub.js'), ...args]);
      runs.push({ ...run, found: JSON.parse(run.stdout) as Update });
    }
    const { arrived, affected, moved } = runs[0]!.found;
    const stages = Object.keys(runs[0]!.found.timings);
    const secondsOf = (stage: string) => median(runs.map(({ found }) => found.timings[stage]! / 1000));
    print({
      bench: NAME,
      tool: 'hub',
      records: PEOPLE - arrived,
      arrived,
      affected,
      moved: moved.length,
      rounds,
      train_s: trainS,
      whole_s: median(runs.map(({ wholeS }) => wholeS)),
      ...Object.fromEntries(stages.map((stage) => [`${stage}_s`, secondsOf(stage)])),
      peak_rss_mb: Math.max(...runs.map(({ peakRssMb }) => peakRssMb)),
    });
  });
}
