import { Worker } from 'node:worker_threads';
import { HubError } from '../../../core/errors';
import type { AskOptions, JourneyDesk, JourneyQuestionName, JourneyQuestions } from '../../../ports/journey-desk';
import { fromMessage } from '../thread-errors';
import { builtScript } from '../threads/built-script';
import type { DeskReply, DeskThreadData } from './desk-messages';

const script = builtScript('journeys/desk-thread');

interface Waiting {
  readonly resolve: (answer: object) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A desk in a thread of its own: journeys of millions of customers are counted there while this one goes on to answer
 * servers and to tell them that it is alive. A thread that ends is started again by the next question.
 */
export class ThreadedDesk implements JourneyDesk {
  private thread: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(private readonly data: DeskThreadData) {}

  async ask<Name extends JourneyQuestionName>(
    name: Name,
    question: JourneyQuestions[Name]['question'],
    { lakeVersion, signal }: AskOptions = {},
  ): Promise<JourneyQuestions[Name]['answer']> {
    if (signal?.aborted) throw cancelled();
    const thread = (this.thread ??= this.start());
    const id = ++this.lastId;
    const answered = new Promise<object>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    const cancel = () => {
      thread.postMessage({ id, cancel: true });
      this.waiting.get(id)?.reject(cancelled());
    };
    signal?.addEventListener('abort', cancel);
    thread.postMessage({ id, name, question, lakeVersion });
    try {
      return (await answered) as JourneyQuestions[Name]['answer'];
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.waiting.delete(id);
    }
  }

  async close(): Promise<void> {
    await this.thread?.terminate();
  }

  private start(): Worker {
    if (script === undefined) {
      throw new HubError('NOT_BUILT', 'the thread for questions about journeys is not built; run npm run build');
    }
    const thread = new Worker(script, { workerData: this.data });
    // It has nothing to do unless asked, and does not keep the process alive.
    thread.unref();
    thread.on('message', (reply: DeskReply) => this.receive(reply));
    let cause: Error | undefined;
    thread.on('error', (error: Error) => (cause = error));
    thread.on('exit', () => this.end(thread, cause));
    return thread;
  }

  private receive(reply: DeskReply): void {
    const waiting = this.waiting.get(reply.id);
    if ('answer' in reply) waiting?.resolve(reply.answer);
    else waiting?.reject(fromMessage(reply.error));
  }

  private end(thread: Worker, cause: Error | undefined): void {
    if (this.thread === thread) this.thread = undefined;
    for (const { reject } of this.waiting.values()) {
      const why = cause === undefined ? '' : ` (${cause.message})`;
      reject(
        new HubError(
          'JOURNEYS_UNAVAILABLE',
          `the thread that answers questions about journeys ended${why}; ask again`,
          {
            retryable: true,
            cause,
          },
        ),
      );
    }
  }
}

function cancelled(): HubError {
  return new HubError('CANCELLED', 'the question was cancelled');
}
