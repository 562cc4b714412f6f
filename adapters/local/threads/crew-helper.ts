import { Worker } from 'node:worker_threads';
import { HubError } from '../../../core/errors';
import { fromMessage } from './thread-errors';
import type { CrewReply, CrewRequest, CrewThreadData, TaskOutput } from './crew-messages';

interface Waiting {
  readonly resolve: (outputs: readonly TaskOutput[]) => void;
  readonly reject: (error: HubError) => void;
}

/** Another thread, as the one that it helps sees it. */
export class CrewHelper {
  private readonly worker: Worker;
  private waiting: Waiting | undefined;
  private ended: HubError | undefined;

  constructor(script: string, workerData: CrewThreadData) {
    this.worker = new Worker(script, { workerData });
    let cause: Error | undefined;
    this.worker.on('message', (reply: CrewReply) => {
      if ('outputs' in reply) this.waiting?.resolve(reply.outputs);
      else this.waiting?.reject(fromMessage(reply.error));
    });
    this.worker.on('error', (error: Error) => (cause = error));
    this.worker.on('exit', () => {
      this.ended = endedError(workerData.thread, cause);
      this.waiting?.reject(this.ended);
    });
  }

  /**
   * Helps with a batch until nothing is left to do; one at a time.
   *
   * @throws HubError that of the task; `THREAD_ENDED` where the thread is no more
   */
  help(request: CrewRequest): Promise<readonly TaskOutput[]> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) return reject(this.ended);
      this.waiting = { resolve, reject };
      this.worker.postMessage(request);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

function endedError(thread: number, cause: Error | undefined): HubError {
  const why = cause === undefined ? '' : ` (${cause.message})`;
  return new HubError('THREAD_ENDED', `thread ${thread} that helps to link records ended${why}; try again`, {
    retryable: true,
    cause,
  });
}
