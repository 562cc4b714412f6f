import type { GraphChange } from '../../../core/graph/elements';

/** Runs pieces of work one after the other. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work, work);
    this.last = result;
    return result;
  }
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
