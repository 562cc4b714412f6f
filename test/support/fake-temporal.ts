import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';

interface Run {
  readonly result: Promise<unknown>;
  readonly cancel: () => void;
  closed: boolean;
}

function deferredFailure(): { readonly failure: Promise<never>; readonly fail: () => void } {
  let fail!: () => void;
  const failure = new Promise<never>((_, reject) => (fail = () => reject(new CancelledFailure('called off'))));
  failure.catch(() => undefined);
  return { failure, fail };
}

/** A Temporal client that runs one function in place of every workflow, and refuses to run a closed id twice. */
export class FakeTemporal {
  /** The ids of the workflows that were started, in order. */
  readonly started: string[] = [];
  private readonly runs = new Map<string, Run>();

  constructor(private readonly work: (request: { question: object }) => Promise<unknown>) {}

  /** Set, every call fails with it, as one to a server that is gone does. */
  failure: Error | undefined;

  readonly client = {
    workflow: {
      start: this.start.bind(this),
      getHandle: this.getHandle.bind(this),
      // Nothing is found by its attributes.
      list: async function* () {},
    },
    workflowService: { getSystemInfo: async () => ({}) },
    withDeadline: async <T>(_deadline: number, call: () => Promise<T>): Promise<T> => {
      if (this.failure !== undefined) throw this.failure;
      return call();
    },
  };

  get asClient(): Client {
    return this.client as unknown as Client;
  }

  private async start(workflow: string, options: { workflowId: string; args: [{ question: object }] }): Promise<void> {
    const { workflowId } = options;
    const earlier = this.runs.get(workflowId);
    if (earlier?.closed === true) {
      throw new WorkflowExecutionAlreadyStartedError('already started', workflowId, workflow);
    }
    if (earlier !== undefined) return;
    this.started.push(workflowId);
    const cancelled = deferredFailure();
    const result = Promise.race([this.work(options.args[0]), cancelled.failure]);
    const run: Run = { result, closed: false, cancel: cancelled.fail };
    this.runs.set(workflowId, run);
    const close = () => {
      run.closed = true;
    };
    run.result.then(close, close);
  }

  private getHandle(workflowId: string) {
    const run = () => {
      const found = this.runs.get(workflowId);
      if (found === undefined) throw new WorkflowNotFoundError('not found', workflowId, undefined);
      return found;
    };
    return {
      workflowId,
      describe: async () => ({ status: { name: run().closed ? 'COMPLETED' : 'RUNNING' } }),
      cancel: async () => run().cancel(),
      result: async () => {
        try {
          return await run().result;
        } catch (error) {
          if (error instanceof CancelledFailure)
            throw new WorkflowFailedError('cancelled', error, 'NON_RETRYABLE_FAILURE');
          if (!(error instanceof ApplicationFailure)) throw error;
          throw new WorkflowFailedError('the workflow failed', error, 'NON_RETRYABLE_FAILURE');
        }
      },
    };
  }
}
