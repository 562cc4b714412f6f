import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows } from '../support/temporal';

/**
 * Histories of workflows that began with earlier code. A change that breaks one of these would break the workflows that
 * run when it is deployed: make it behind `patched`, or give the workflow another name. `npm run record-histories` adds
 * the histories of today's code.
 */
const folder = join(__dirname, 'histories');
const histories = readdirSync(folder).filter((name) => name.endsWith('.json'));

let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  bundle = await bundleWorkflows();
});

it('has histories of every workflow a person or a caller starts', () => {
  for (const workflow of [
    'nightly-completed',
    'nightly-failed',
    'ingestSource',
    'resolveIdentities',
    'journeyFrequency',
    'recomputeMilestones',
    'followGraphChanges',
    'followStream',
    'trainPropensity-deployed',
    'propensityModels',
    'scorePropensity',
    'customerPropensities',
    'propensityWhatIf',
    'milestoneFunnel',
    'deliverNotification-failed',
  ]) {
    expect(histories).toEqual(expect.arrayContaining([expect.stringContaining(workflow)]));
  }
});

it.each(histories)('%s replays', async (name) => {
  const history = historyFromJSON(JSON.parse(readFileSync(join(folder, name), 'utf8')));
  await Worker.runReplayHistory({ workflowBundle: bundle }, history, name);
});
