import { HubError } from '../../core/errors';
import type { GraphChange } from '../../core/graph/elements';

/** Runs pieces of work one after the other. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work, work);
    this.last = result;
    return result;
  }
}

/** Batches of so many changes at least, if there are as many; and how many. */
export async function readAhead(
  source: AsyncIterator<readonly GraphChange[]>,
  least: number,
): Promise<{ readonly peeked: (readonly GraphChange[])[]; readonly count: number }> {
  const peeked: (readonly GraphChange[])[] = [];
  let count = 0;
  while (count < least) {
    const next = await source.next();
    if (next.done) break;
    peeked.push(next.value);
    count += next.value.length;
  }
  return { peeked, count };
}

/** Batches that were read ahead, and then those that follow. */
export async function* rejoin(
  peeked: readonly (readonly GraphChange[])[],
  source: AsyncIterator<readonly GraphChange[]>,
): AsyncGenerator<readonly GraphChange[]> {
  yield* peeked;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

/** The changes after the first `count`, which are durable already. */
export async function* skipFirst(
  batches: AsyncIterable<readonly GraphChange[]>,
  count: number,
): AsyncGenerator<readonly GraphChange[]> {
  let left = count;
  for await (const batch of batches) {
    const skipped = Math.min(left, batch.length);
    left -= skipped;
    if (skipped < batch.length) yield batch.slice(skipped);
  }
}

/** Throws `CANCELLED` once the signal fired. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new HubError('CANCELLED', 'the graph load was cancelled', { cause: signal.reason });
}

/** Items cut into batches. */
export function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Runs `work` on every item, a few at a time; the first failure is thrown when nothing is under way any more. */
export async function inParallel<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failed = false;
  const lane = async () => {
    for (const item of queue) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
