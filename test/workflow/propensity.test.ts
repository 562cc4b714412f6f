import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { HUB_QUEUE } from '../../core/task-queues';
import { rollBackModel } from '../../starters/propensity';
import { withFakeHub } from '../support/fake-hub';
import { bundleWorkflows, startTestTemporal } from '../support/temporal';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  [environment, bundle] = await Promise.all([startTestTemporal(), bundleWorkflows()]);
}, 60_000);
afterAll(() => environment?.teardown());

function start(model = 'churn'): Promise<WorkflowHandle> {
  const workflowId = `propensity-${Math.random()}`;
  return environment.client.workflow.start('trainPropensity', { workflowId, taskQueue: HUB_QUEUE, args: [{ model }] });
}

async function waiting(training: WorkflowHandle): Promise<void> {
  while ((await training.query('waiting')) === null);
}

const decide = (training: WorkflowHandle, decision: object) => training.executeUpdate('decide', { args: [decision] });
const yes = { approve: true, author: ' Kim ', reason: 'better' };

describe('a trained model', () => {
  it('is deployed when somebody says so, who is told when that is kept', async () => {
    await withFakeHub(environment, bundle, async ({ calls }) => {
      const training = await start();
      await waiting(training);
      expect(await decide(training, yes)).toEqual({ model: 'churn', version: 'v1', status: 'deployed' });
      expect(calls).toEqual(['train churn', 'v1 trained', 'deploy churn v1', 'v1 deployed by Kim: better']);
      expect(await training.result()).toMatchObject({ status: 'deployed', version: 'v1', reason: 'better' });
    });
  });

  it('is refused where it cannot be made to answer, also when somebody said yes, who is told so', async () => {
    await withFakeHub(environment, bundle, async ({ calls, failures }) => {
      failures.set('deployment', 'no instances of that type');
      const training = await start();
      await waiting(training);
      expect(await decide(training, yes)).toMatchObject({ status: 'refused' });
      const reason = 'it could not be deployed: no instances of that type';
      expect(calls.at(-1)).toBe(`v1 refused by nobody: ${reason}`);
      expect(await training.result()).toMatchObject({ status: 'refused', reason });
    });
  });

  it('needs nobody where it is the deployed one', async () => {
    await withFakeHub(environment, bundle, async ({ calls, failures }) => {
      failures.set('champion', 'v1');
      expect(await (await start()).result()).toMatchObject({ status: 'deployed', version: 'v1' });
      expect(calls.at(-1)).toBe('v1 deployed by gate: it is the deployed model already');
    });
  });

  it('changes nothing when somebody rejects it', async () => {
    await withFakeHub(environment, bundle, async ({ calls }) => {
      const training = await start();
      await waiting(training);
      await decide(training, { ...yes, approve: false });
      expect(await training.result()).toMatchObject({ status: 'rejected' });
      expect(calls.at(-1)).toBe('v1 rejected by Kim: better');
    });
  });

  it('changes nothing when nobody says anything in time', async () => {
    await withFakeHub(environment, bundle, async ({ calls, failures }) => {
      failures.set('approval', '50');
      expect(await (await start()).result()).toMatchObject({ status: 'expired' });
      expect(calls.at(-1)).toBe('v1 expired by nobody: nobody said yes or no in time');
    });
  });

  it('waits for nobody where the gate refuses it, or decides alone', async () => {
    await withFakeHub(environment, bundle, async ({ calls, failures }) => {
      failures.set('gate', 'auc 0.5, wanted at least 0.6');
      expect(await (await start()).result()).toMatchObject({ status: 'refused', reason: failures.get('gate') });
      failures.delete('gate');
      failures.set('approval', 'gate');
      expect(await (await start()).result()).toMatchObject({ status: 'deployed' });
      expect(calls.at(-1)).toBe('v1 deployed by gate: good');
    });
  });

  it('is decided of by one who says who they are and why, and once', async () => {
    await withFakeHub(environment, bundle, async () => {
      const training = await start();
      await waiting(training);
      for (const wrong of [{ ...yes, reason: ' ' }, { ...yes, author: undefined }, { ...yes, approve: 'yes' }, {}]) {
        await expect(decide(training, wrong)).rejects.toThrow(WorkflowUpdateFailedError);
      }
      await decide(training, yes);
      await expect(decide(training, yes)).rejects.toThrow();
      expect(await training.result()).toMatchObject({ status: 'deployed' });
    });
  });
});

describe('a deployed model', () => {
  it('goes back to a version that answered before when somebody says so, and to no other', async () => {
    await withFakeHub(environment, bundle, async ({ calls, failures }) => {
      const back = (version?: string) =>
        rollBackModel(environment.client, 'churn', { author: 'Kim', reason: 'worse', ...(version && { version }) }, [
          'churn',
        ]);
      expect(await back()).toEqual({ model: 'churn', version: 'v0', status: 'deployed' });
      expect(await back('v1')).toMatchObject({ version: 'v1' });
      expect(calls).toEqual(['deploy churn v0', 'deploy churn v1']);
      await expect(back('never')).rejects.toMatchObject({ code: 'NEVER_DEPLOYED', field: 'version' });
      failures.set('deployment', 'no instances of that type');
      await expect(back()).rejects.toMatchObject({ code: 'MODEL_DEPLOYMENT_FAILED' });
    });
  });
});

describe('scoring everybody', () => {
  it('asks every deployed model of each part once, and says that it is whole when all are done', async () => {
    await withFakeHub(environment, bundle, async ({ calls, models }) => {
      models.push('churn', 'fraud');
      const options = { workflowId: 'score', taskQueue: HUB_QUEUE, args: [] };
      const scored = await environment.client.workflow.execute('scorePropensity', options);
      expect(scored).toEqual({
        scored: [
          { model: 'churn', version: 'v1', customers: 6, findings: [] },
          { model: 'fraud', version: 'v1', customers: 6, findings: [] },
        ],
        failed: [],
      });
      for (const model of models) {
        const own = calls.filter((call) => call.includes(model));
        expect(own.slice(0, -2).sort()).toEqual([0, 1, 2].map((part) => `score ${model} ${part}`));
        expect(own.slice(-2)).toEqual([`scored ${model}`, `tell ${model}`]);
      }
    });
  });

  it('goes on with the others when one cannot be asked, and says at the end which and why; a night goes on', async () => {
    await withFakeHub(environment, bundle, async ({ calls, models, failures }) => {
      models.push('churn', 'fraud');
      failures.set('churn', 'the archive is damaged');
      const options = { workflowId: 'score-some', taskQueue: HUB_QUEUE, args: [{}] };
      const scoring = environment.client.workflow.execute('scorePropensity', options);
      await expect(scoring).rejects.toMatchObject({
        cause: { message: 'fraud v1: 6; churn failed: the archive is damaged' },
      });
      expect(calls).not.toContain('scored churn');

      const night = { workflowId: 'scored-night', taskQueue: HUB_QUEUE, args: [{ date: '2026-03-01' }] };
      expect(await environment.client.workflow.execute('nightly', night)).toMatchObject({ customers: 2 });
    });
  });

  it('has a model trained anew that no longer fits, once until somebody has decided, and waits for nothing of it', async () => {
    await withFakeHub(environment, bundle, async ({ calls, models, failures }) => {
      models.push('churn');
      failures.set('watch churn', 'the score has drifted');
      const score = (workflowId: string) =>
        environment.client.workflow.execute('scorePropensity', { workflowId, taskQueue: HUB_QUEUE, args: [{}] });
      const told = { model: 'churn', findings: ['the score has drifted'], training: 'propensity-churn' };
      expect(await score('drifted')).toMatchObject({ scored: [told] });
      const training = environment.client.workflow.getHandle('propensity-churn');
      await waiting(training);
      expect(await score('drifted-again')).toMatchObject({ scored: [told] });
      expect(calls.filter((call) => call === 'train churn')).toHaveLength(1);
      await decide(training, yes);
      expect(await training.result()).toMatchObject({ status: 'deployed' });
    });
  });

  it('keeps what a model said that cannot be watched, and says so', async () => {
    await withFakeHub(environment, bundle, async ({ models, failures }) => {
      models.push('churn');
      failures.set('watch churn', 'gone');
      const options = { workflowId: 'unwatched', taskQueue: HUB_QUEUE, args: [{}] };
      const { scored } = await environment.client.workflow.execute('scorePropensity', options);
      expect(scored).toMatchObject([{ customers: 6, findings: ['it could not be watched: it is gone'] }]);
    });
  });

  it('has nothing to do where nothing is deployed', async () => {
    await withFakeHub(environment, bundle, async ({ calls }) => {
      const options = { workflowId: 'score-nothing', taskQueue: HUB_QUEUE, args: [{}] };
      const result = await environment.client.workflow.execute('scorePropensity', options);
      expect(result).toEqual({ scored: [], failed: [] });
      expect(calls).toEqual([]);
    });
  });
});
