import { availableParallelism } from 'node:os';
import { MOST_THREADS, type Batch, type Work } from '../../../core/parallel/work';
import { builtScript } from './built-script';
import { CrewHelper } from './crew-helper';
import { takeTasks } from './take-tasks';

const script = builtScript('threads/crew-thread');

/** Threads that do work together, the one that started them among them. */
export class ThreadCrew {
  private readonly helpers: readonly CrewHelper[];

  /**
   * @param threads how many there are, this one counted; where the others were not built this one does all
   */
  constructor(threads = availableParallelism()) {
    const helpers = script === undefined ? 0 : Math.min(threads, MOST_THREADS) - 1;
    this.helpers = Array.from({ length: helpers }, (_, helper) => new CrewHelper(script!, { thread: helper + 1 }));
  }

  /**
   * Does work to its end.
   *
   * @throws HubError that of a task or of the work itself; `THREAD_ENDED` where a thread is no more
   */
  async run<Result>(work: Work<Result>): Promise<Result> {
    let step = work.next();
    while (step.done !== true) step = work.next(await this.together(step.value));
    return step.value;
  }

  /** Ends all other threads, whatever they do. */
  async close(): Promise<void> {
    await Promise.all(this.helpers.map((helper) => helper.end()));
  }

  private async together({ task, inputs }: Batch): Promise<unknown[]> {
    const next = new Int32Array(new SharedArrayBuffer(4));
    const helpers = this.helpers.slice(0, Math.max(0, inputs.length - 1));
    const helping = helpers.map((helper) => helper.help({ task: task.name, inputs, next }));
    const own = Promise.resolve().then(() => takeTasks({ task, inputs }, next, 0));
    const outputs: unknown[] = Array.from({ length: inputs.length });
    // All are waited for, also where one has failed: nobody is at this batch when the next one begins.
    for (const outcome of await Promise.allSettled([own, ...helping])) {
      if (outcome.status === 'rejected') throw outcome.reason;
      for (const { index, output } of outcome.value) outputs[index] = output;
    }
    return outputs;
  }
}

/** Works with a crew of as many threads as the machine has cores; none is left when it ends. */
export async function withCrew<T>(use: (crew: ThreadCrew) => Promise<T>): Promise<T> {
  const crew = new ThreadCrew();
  try {
    return await use(crew);
  } finally {
    await crew.close();
  }
}
