import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

/** A Temporal client that runs one function in place of every workflow, and refuses to run a closed id twice. */
export class FakeTemporal {
  /** The ids of the workflows that were started, in order. */
  readonly started: string[] = [];
  private readonly runs = new Map<string, { readonly result: Promise<unknown>; closed: boolean }>();

  constructor(private readonly work: (request: { question: object }) => Promise<unknown>) {}

  readonly client = { workflow: { start: this.start.bind(this), getHandle: this.getHandle.bind(this) } };

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
    const run = { result: this.work(options.args[0]), closed: false };
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
      result: async () => {
        try {
          return await run().result;
        } catch (error) {
          if (!(error instanceof ApplicationFailure)) throw error;
          throw new WorkflowFailedError('the workflow failed', error, 'NON_RETRYABLE_FAILURE');
        }
      },
    };
  }
}
