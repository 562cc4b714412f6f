import { Worker, parentPort } from 'node:worker_threads';
import { HubError } from '../../../core/errors';
import { fromMessage, toMessage, type ThreadError } from './thread-errors';

/** To the thread: a question, that nobody waits for its answer any more, or that nobody will ask again. */
type Asked<Question> =
  | { readonly id: number; readonly question: Question }
  | { readonly id: number; readonly cancel: true }
  | { readonly end: true };

/** From the thread: the answer, or why there is none. */
type Reply<Answer> =
  { readonly id: number; readonly answer: Answer } | { readonly id: number; readonly error: ThreadError };

export interface AskedThreadOptions {
  /** The thread's compiled file, as `builtScript` finds it. */
  readonly script: string | undefined;
  readonly workerData: unknown;
  /** What is asked of it, for people: "questions about journeys". */
  readonly title: string;
  /** The code of the error when it ends. */
  readonly endedCode: string;
}

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that answers questions, in whatever order: what takes long is computed there while this one goes on to answer
 * servers and to tell them that it is alive. A thread that ends is started again by the next question.
 */
export class AskedThread<Question extends object, Answer> {
  private thread: Worker | undefined;
  private readonly waiting = new Map<number, Waiting<Answer>>();
  private lastId = 0;

  constructor(private readonly options: AskedThreadOptions) {}

  /** @throws HubError what the thread threw; `CANCELLED`; `endedCode` (retryable) when it ended; `NOT_BUILT` */
  async ask(question: Question, signal?: AbortSignal): Promise<Answer> {
    if (signal?.aborted) throw cancelled();
    const thread = (this.thread ??= this.start());
    const id = ++this.lastId;
    const answered = new Promise<Answer>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    const cancel = () => {
      thread.postMessage({ id, cancel: true });
      this.waiting.get(id)?.reject(cancelled());
    };
    signal?.addEventListener('abort', cancel);
    thread.postMessage({ id, question });
    try {
      return await answered;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.waiting.delete(id);
    }
  }

  /**
   * Has the thread give up what it is at, and end by itself. It is never stopped from outside: a native library that is being
   * loaded at that moment, or that hands over a result, takes the whole process with it.
   */
  async close(): Promise<void> {
    const { thread } = this;
    if (thread === undefined) return;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.ref();
    thread.postMessage({ end: true } satisfies Asked<Question>);
    await ended;
  }

  private start(): Worker {
    const { script, title, workerData } = this.options;
    if (script === undefined) {
      throw new HubError('NOT_BUILT', `the thread for ${title} is not built; run npm run build`);
    }
    const thread = new Worker(script, { workerData });
    // It has nothing to do unless asked, and does not keep the process alive.
    thread.unref();
    thread.on('message', (reply: Reply<Answer>) => this.receive(reply));
    let cause: Error | undefined;
    thread.on('error', (error: Error) => (cause = error));
    thread.on('exit', () => this.end(thread, cause));
    return thread;
  }

  private receive(reply: Reply<Answer>): void {
    const waiting = this.waiting.get(reply.id);
    if ('answer' in reply) waiting?.resolve(reply.answer);
    else waiting?.reject(fromMessage(reply.error));
  }

  private end(thread: Worker, cause: Error | undefined): void {
    if (this.thread === thread) this.thread = undefined;
    const why = cause === undefined ? '' : ` (${cause.message})`;
    const message = `the thread that answers ${this.options.title} ended${why}; ask again`;
    const ended = new HubError(this.options.endedCode, message, { retryable: true, cause });
    for (const { reject } of this.waiting.values()) reject(ended);
  }
}

/**
 * In the thread: answers what it is asked, until it is told to end.
 *
 * @param free called once nothing is being answered any more, before the thread ends
 */
export function answerQuestions<Question, Answer>(
  answer: (question: Question, signal: AbortSignal) => Promise<Answer>,
  free: () => void = () => undefined,
): void {
  if (parentPort === null) throw new Error('this file runs as a worker thread only');
  const port = parentPort;
  const answering = new Map<number, { readonly controller: AbortController; readonly replied: Promise<void> }>();
  const reply = (message: Reply<Answer>) => port.postMessage(message);
  const begin = (id: number, question: Question) => {
    const controller = new AbortController();
    const replied = answer(question, controller.signal)
      .then(
        (own) => reply({ id, answer: own }),
        (error: unknown) => reply({ id, error: toMessage(error) }),
      )
      .finally(() => answering.delete(id));
    answering.set(id, { controller, replied });
  };
  const end = async () => {
    for (const { controller } of answering.values()) controller.abort();
    await Promise.all([...answering.values()].map(({ replied }) => replied));
    free();
    // Of a thread, only itself.
    process.exit();
  };
  port.on('message', (asked: Asked<Question>) => {
    if ('end' in asked) void end();
    else if ('cancel' in asked) answering.get(asked.id)?.controller.abort();
    else begin(asked.id, asked.question);
  });
}

function cancelled(): HubError {
  return new HubError('CANCELLED', 'the question was cancelled');
}
