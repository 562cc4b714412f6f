import { join } from 'node:path';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, RetryState } from '@temporalio/common';
import { createApi } from '../../../starters/http/app';
import type { App } from '../../../starters/http/hub-api';

/** What Temporal says when it is asked; nothing where it goes well. */
let refusal: Error | undefined;
/** How the training is; undefined where there was none. */
let execution: { readonly status: string; readonly failure?: Error } | undefined;
const asked: unknown[] = [];
const workflow = {
  start: async (_: string, options: object) => {
    if (refusal !== undefined) throw refusal;
    asked.push(options);
  },
  getHandle: (workflowId: string) => ({
    describe: async () => {
      if (execution === undefined) throw new WorkflowNotFoundError('none', workflowId, undefined);
      return { status: { name: execution.status } };
    },
    result: async () => {
      if (execution?.failure !== undefined) throw execution.failure;
    },
    executeUpdate: async (name: string, { args }: { args: object[] }) => {
      if (refusal !== undefined) throw refusal;
      asked.push({ workflowId, name, args });
      return { model: 'churn', version: 'v1', status: 'deployed' };
    },
  }),
};

let app: App;
beforeAll(async () => {
  app = await createApi({
    client: { workflow } as unknown as Client,
    versions: { version: async () => 4, tableVersion: async () => 4, tableRevision: async () => 'r' },
    weights: { pairs: [], steps: {} },
    settings: { name: 'Test', timezone: 'UTC' },
    models: ['churn'],
    siteFolder: join(__dirname, '../../../website/dist'),
    logLevel: 'silent',
  });
});
afterAll(() => app.close());
beforeEach(() => {
  refusal = undefined;
  asked.length = 0;
});

const post = async (path: string, payload?: object) => {
  const response = await app.inject({
    method: 'POST',
    url: `/v1/propensity-models/${path}`,
    ...(payload && { payload }),
  });
  const body = response.json<{ detail?: string }>();
  return { status: response.statusCode, body, detail: body.detail };
};
const decision = { approve: true, author: 'Kim', reason: 'better' };

it('the last training of a model is told, with why it failed', async () => {
  const get = async (model: string) => {
    const response = await app.inject({ url: `/v1/propensity-models/${model}/training` });
    return [response.statusCode, response.json<object>()];
  };
  const workflowId = 'propensity-churn';
  execution = undefined;
  expect(await get('churn')).toEqual([200, { workflowId, state: 'none' }]);
  execution = { status: 'RUNNING' };
  expect(await get('churn')).toEqual([200, { workflowId, state: 'running' }]);
  const cause = ApplicationFailure.nonRetryable('target.events: nothing is called "chrun"', 'INPUT_INVALID');
  execution = { status: 'FAILED', failure: new WorkflowFailedError('failed', cause, RetryState.NON_RETRYABLE_FAILURE) };
  expect(await get('churn')).toEqual([200, { workflowId, state: 'failed', failure: cause.message }]);
  expect((await get('chrun'))[0]).toBe(404);
});

describe('training a model', () => {
  it('begins as the one workflow that the model has', async () => {
    expect(await post('churn/trainings', { asOf: '2026-03-01' })).toMatchObject({
      status: 201,
      body: { workflowId: 'propensity-churn' },
    });
    await post('churn/trainings');
    expect(asked).toMatchObject([
      { workflowId: 'propensity-churn', args: [{ model: 'churn', asOf: '2026-03-01' }] },
      { workflowId: 'propensity-churn', args: [{ model: 'churn' }] },
    ]);
  });

  it('is refused while it is trained, for no model, and for no day', async () => {
    refusal = new WorkflowExecutionAlreadyStartedError('started', 'propensity-churn', 'trainPropensity');
    expect(await post('churn/trainings')).toMatchObject({ status: 409, detail: expect.stringContaining('approve') });
    expect(await post('chrun/trainings')).toMatchObject({
      status: 404,
      detail: 'model: there is no model "chrun" (did you mean "churn"?); there are churn',
    });
    expect((await post('churn/trainings', { asOf: '2026-02-30' })).status).toBe(400);
  });
});

describe('deciding of a model', () => {
  it('is told to the training that waits', async () => {
    expect(await post('churn/decisions', decision)).toMatchObject({ status: 200, body: { status: 'deployed' } });
    expect(asked).toEqual([{ workflowId: 'propensity-churn', name: 'decide', args: [decision] }]);
  });

  it.each([
    ['nothing was ever trained', new WorkflowNotFoundError('gone', 'propensity-churn', undefined)],
    [
      'nothing waits yet',
      new WorkflowUpdateFailedError('no', ApplicationFailure.nonRetryable('no model waits', 'NOTHING_WAITS')),
    ],
  ])('says so when %s', async (_, error) => {
    refusal = error;
    expect(await post('churn/decisions', decision)).toMatchObject({
      status: 409,
      detail: expect.stringContaining('no version of churn waits to be decided of'),
    });
  });

  it.each([{ author: ' ' }, { reason: '' }, { approve: 'yes' }])('refuses %p, naming it', async (wrong) => {
    const { status, detail } = await post('churn/decisions', { ...decision, ...wrong });
    expect([status, detail]).toEqual([400, expect.stringContaining(Object.keys(wrong)[0]!)]);
  });
});
