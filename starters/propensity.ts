import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { HubError, messageOf } from '../core/errors';
import { trainingOf } from '../core/propensity/training-of';
import { HUB_QUEUE } from '../core/task-queues';
import { didYouMean } from '../core/text/closest-name';
import type {
  DecisionTaken,
  LastTraining,
  ModelDecision,
  RollBack,
  RollBackInput,
  TrainPropensityInput,
} from '../schemas/propensity-training';

/**
 * Begins to train a model.
 *
 * @param models the names of those that there are
 * @returns the id of the workflow
 * @throws HubError NOT_FOUND, MODEL_BUSY while it is trained, or waits to be decided of
 */
export async function startTraining(
  client: Client,
  input: TrainPropensityInput,
  models: readonly string[],
): Promise<string> {
  refuseUnknown(input.model, models);
  const workflowId = trainingOf(input.model);
  try {
    await client.workflow.start('trainPropensity', { workflowId, taskQueue: HUB_QUEUE, args: [input] });
    return workflowId;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const message = `${input.model} is being trained already, or waits to be decided of: approve or reject it first`;
    throw new HubError('MODEL_BUSY', message, { field: 'model', cause: error });
  }
}

const STATES: Readonly<Partial<Record<WorkflowExecutionStatusName, LastTraining['state']>>> = {
  RUNNING: 'running',
  COMPLETED: 'ended',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
};

/**
 * What became of a model's last training, and why it failed where it did.
 *
 * @throws HubError NOT_FOUND for a model that there is not
 */
export async function lastTrainingOf(client: Client, model: string, models: readonly string[]): Promise<LastTraining> {
  refuseUnknown(model, models);
  const workflowId = trainingOf(model);
  const handle = client.workflow.getHandle(workflowId);
  try {
    const { status } = await handle.describe();
    const state = STATES[status.name] ?? 'running';
    if (state !== 'failed') return { workflowId, state };
    const failure = await handle.result().then(
      () => undefined,
      (error: unknown) => applicationFailureIn(error)?.message ?? messageOf(error),
    );
    return { workflowId, state, ...(failure !== undefined && { failure }) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { workflowId, state: 'none' };
    throw error;
  }
}

/**
 * Approves or rejects the version of a model that waits for it.
 *
 * @throws HubError NOT_FOUND, NOTHING_WAITS
 */
export async function decideModel(
  client: Client,
  model: string,
  decision: ModelDecision,
  models: readonly string[],
): Promise<DecisionTaken> {
  refuseUnknown(model, models);
  try {
    const handle = client.workflow.getHandle(trainingOf(model));
    return await handle.executeUpdate<DecisionTaken, [ModelDecision]>('decide', { args: [decision] });
  } catch (error) {
    const waits = `no version of ${model} waits to be decided of`;
    if (error instanceof WorkflowNotFoundError) {
      throw new HubError('NOTHING_WAITS', `${waits}; hub propensity train ${model} trains one`, { cause: error });
    }
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure)) throw error;
    const isWaiting = cause.type !== 'NOTHING_WAITS';
    const message = isWaiting ? cause.message : `${waits}: it is still being trained, or was decided of`;
    throw new HubError(isWaiting ? 'INPUT_INVALID' : 'NOTHING_WAITS', message, { cause });
  }
}

/** By code, the field that is to be changed. */
const ROLL_BACK_FAILURES: ReadonlyMap<string, string> = new Map([
  ['NEVER_DEPLOYED', 'version'],
  ['MODEL_DEPLOYMENT_FAILED', 'model'],
]);

/**
 * Has a model go back to a version that answered before.
 *
 * @throws HubError NOT_FOUND, NEVER_DEPLOYED, MODEL_DEPLOYMENT_FAILED, MODEL_BUSY while somebody else does so
 */
export async function rollBackModel(
  client: Client,
  model: string,
  input: RollBack,
  models: readonly string[],
): Promise<DecisionTaken> {
  refuseUnknown(model, models);
  const workflowId = `${trainingOf(model)}-roll-back`;
  try {
    const args: [RollBackInput] = [{ model, ...input }];
    return await client.workflow.execute('rollBackPropensity', { workflowId, taskQueue: HUB_QUEUE, args });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      throw new HubError('MODEL_BUSY', `somebody else rolls ${model} back just now`, { field: 'model', cause: error });
    }
    const failure = applicationFailureIn(error);
    const field = ROLL_BACK_FAILURES.get(failure?.type ?? '');
    if (failure === undefined || field === undefined) throw error;
    throw new HubError(failure.type!, failure.message, { field, cause: error });
  }
}

/** What an activity of a workflow that failed said. */
function applicationFailureIn(error: unknown): ApplicationFailure | undefined {
  if (error instanceof ApplicationFailure) return error;
  return error instanceof Error && error.cause !== undefined ? applicationFailureIn(error.cause) : undefined;
}

function refuseUnknown(model: string, models: readonly string[]): void {
  if (models.includes(model)) return;
  const there = models.length === 0 ? 'the hub has no file in models/' : `there are ${models.join(', ')}`;
  const message = `model: there is no model "${model}"${didYouMean(model, models)}; ${there}`;
  throw new HubError('NOT_FOUND', message, { field: 'model' });
}
