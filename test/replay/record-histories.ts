import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { temporalCli } from '../../adapters/local/engines/temporal-binaries';
import { HUB_QUEUE } from '../../core/task-queues';
import { withFakeHub } from '../support/fake-hub';
import { bundleWorkflows, startTestTemporal } from '../support/temporal';

/** Sources are kept beside each other, compiled or not: histories always go to the sources. */
const folder = join(process.cwd(), 'test', 'replay', 'histories');

const questions = ['journeyFrequency', 'journeyComparison', 'journeyList', 'similarJourneys', 'journeyReport'];
const milestoneQuestions = ['milestoneList', 'milestoneDetails', 'customerMilestones', 'milestoneFunnel'];

async function record(environment: TestWorkflowEnvironment, name: string, workflowId: string): Promise<void> {
  const show = ['workflow', 'show', '--workflow-id', workflowId, '--output', 'json', '--address', environment.address];
  const { stdout } = await promisify(execFile)(await temporalCli(), show, { maxBuffer: 64 * 1024 * 1024 });
  await mkdir(folder, { recursive: true });
  // Who ran it, on which machine, is nobody's business and changes nothing.
  const history = stdout
    .replaceAll(/"identity": "[^"]*"/g, '"identity": "recorded"')
    .replaceAll(`${process.cwd()}/`, '');
  await writeFile(join(folder, `${name}.json`), history);
}

/** Records the histories of today's workflows, named by the date, beside those of earlier code. */
async function main(): Promise<void> {
  const [environment, bundle] = await Promise.all([startTestTemporal(), bundleWorkflows()]);
  const today = new Date().toISOString().slice(0, 10);
  const run = (workflow: string, workflowId: string, input: object) =>
    environment.client.workflow
      .execute(workflow, { workflowId, taskQueue: HUB_QUEUE, args: [input] })
      .catch(() => undefined);
  try {
    await withFakeHub(environment, bundle, async ({ failures, models }) => {
      models.push('churn');
      await run('nightly', 'good-night', { date: '2026-01-31' });
      await record(environment, `${today}-nightly-completed`, 'good-night');
      await record(environment, `${today}-ingestSource`, 'ingest-crm-2026-01-31');
      await record(environment, `${today}-resolveIdentities-of-a-night`, 'identity-2026-01-31');
      await run('resolveIdentities', 'by-hand', {});
      await record(environment, `${today}-resolveIdentities`, 'by-hand');
      failures.set('crm', 'crm.csv: the gzip archive is damaged');
      await run('nightly', 'bad-night', { date: '2026-02-01' });
      await record(environment, `${today}-nightly-failed`, 'bad-night');
      await run('recomputeMilestones', 'milestones-by-hand', {});
      await record(environment, `${today}-recomputeMilestones`, 'milestones-by-hand');
      const args = [{}];
      const follower = await environment.client.workflow.start('followGraphChanges', {
        workflowId: 'follower',
        taskQueue: HUB_QUEUE,
        args,
      });
      await follower.signal('pause');
      await follower.signal('resume');
      await follower.cancel();
      await follower.result().catch(() => undefined);
      await record(environment, `${today}-followGraphChanges`, 'follower');
      const streamed = await environment.client.workflow.start('followStream', {
        workflowId: 'streamed',
        taskQueue: HUB_QUEUE,
        args: [{ source: 'web' }],
      });
      while (((await streamed.query('progress')) as { landed: number }).landed < 6);
      await streamed.cancel();
      await streamed.result().catch(() => undefined);
      await record(environment, `${today}-followStream`, 'streamed');
      const posted = await environment.client.workflow.signalWithStart('followPosted', {
        workflowId: 'posted',
        taskQueue: HUB_QUEUE,
        args: [{ source: 'web' }],
        signal: 'segment',
        signalArgs: [today],
      });
      while (((await posted.query('progress')) as { landed: number }).landed < 3);
      await posted.cancel();
      await posted.result().catch(() => undefined);
      await record(environment, `${today}-followPosted`, 'posted');
      const training = await environment.client.workflow.start('trainPropensity', {
        workflowId: 'training',
        taskQueue: HUB_QUEUE,
        args: [{ model: 'churn' }],
      });
      while ((await training.query('waiting')) === null);
      await training.executeUpdate('decide', { args: [{ approve: true, author: 'Kim', reason: 'better' }] });
      await training.result();
      await record(environment, `${today}-trainPropensity-deployed`, 'training');
      failures.set('gate', 'auc 0.5, wanted at least 0.6');
      await run('trainPropensity', 'refused', { model: 'churn' });
      await record(environment, `${today}-trainPropensity-refused`, 'refused');
      await run('rollBackPropensity', 'roll-back', { model: 'churn', author: 'Kim', reason: 'worse' });
      await record(environment, `${today}-rollBackPropensity`, 'roll-back');
      await run('scorePropensity', 'scores', {});
      await record(environment, `${today}-scorePropensity`, 'scores');
      failures.set('watch churn', 'the score has drifted');
      await run('scorePropensity', 'watched', {});
      await record(environment, `${today}-scorePropensity-watched`, 'watched');
      failures.delete('watch churn');
      for (const workflow of ['propensityModels', 'customerPropensities', 'propensityWhatIf']) {
        await run(workflow, workflow, { question: {} });
        await record(environment, `${today}-${workflow}`, workflow);
      }
      failures.set('mail', 'webhook "mail" answered 404');
      for (const [webhook, outcome] of [
        ['crm', 'completed'],
        ['mail', 'failed'],
      ] as const) {
        const notification = { webhook, milestoneId: 'milestone:churned/c1/1767225600000', state: 'reached', times: 1 };
        await run('deliverNotification', webhook, { notification, giveUpAfterMs: 60_000 });
        await record(environment, `${today}-deliverNotification-${outcome}`, webhook);
      }
      for (const workflow of [...questions, ...milestoneQuestions]) {
        await run(workflow, workflow, { question: { event: 'churn' } });
        await record(environment, `${today}-${workflow}`, workflow);
      }
    });
  } finally {
    await environment.teardown();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
