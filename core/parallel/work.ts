/**
 * A pure function that any thread can do. What it takes and returns is sent between threads: plain data, small arrays, and
 * large ones over shared memory, which all threads see.
 */
export interface Task<Input, Output> {
  /** By which another thread finds it. */
  readonly name: string;
  /** @param thread who does it, from 0: for memory that each has of its own */
  readonly run: (input: Input, thread: number) => Output;
}

/** No more threads than these have memory of their own. */
export const MOST_THREADS = 8;

/** One task for many inputs, in any order and by any thread. */
export interface Batch {
  readonly task: Task<unknown, unknown>;
  readonly inputs: readonly unknown[];
}

/**
 * A computation that tells what may be done side by side, and goes on with what came of it. It does not know how many
 * threads there are, so its outcome cannot depend on that; `alone`, or a crew of threads, does it.
 */
export type Work<Result> = Generator<Batch, Result, readonly unknown[]>;

/** Does a task for every input, side by side where there are threads. Returns what came of them, in the order of the inputs. */
export function* forEach<Input, Output>(task: Task<Input, Output>, inputs: readonly Input[]): Work<Output[]> {
  return (yield { task: task as Task<unknown, unknown>, inputs }) as Output[];
}

/** Does all of it in this thread, one after the other. */
export function alone<Result>(work: Work<Result>): Result {
  let step = work.next();
  while (step.done !== true) {
    const { task, inputs } = step.value;
    step = work.next(inputs.map((input) => task.run(input, 0)));
  }
  return step.value;
}

/** Cuts so many things into parts of a size, the last of which may be smaller: the same parts for any number of threads. */
export function partsOf(count: number, size: number): { readonly from: number; readonly to: number }[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, part) => ({
    from: part * size,
    to: Math.min(count, (part + 1) * size),
  }));
}
