import { lettersArray } from './words';

/** Customers of one bucket: their steps fit into the processor's cache. */
const BUCKET_BITS = 12;
const BUCKET_MASK = 2 ** BUCKET_BITS - 1;

/**
 * Puts steps that come in any order of customers where they belong, those of one customer in the order they come. A
 * counting sort in two passes, by buckets of customers first: one pass over so much memory takes twice as long.
 */
export class StepPlacing {
  readonly steps: Uint8Array | Uint16Array;
  readonly times: Float64Array;
  /** The customer of each step within its bucket. */
  private readonly customers: Uint16Array;
  /** Where each bucket's next step goes. */
  private readonly next: Uint32Array;

  /** @param offsets where each customer's steps start, and the last one's end */
  constructor(
    private readonly offsets: Uint32Array,
    alphabetSize: number,
  ) {
    const total = offsets.at(-1) as number;
    this.steps = lettersArray(alphabetSize, total);
    this.times = new Float64Array(total);
    this.customers = new Uint16Array(total);
    this.next = new Uint32Array(Math.ceil((offsets.length - 1) / 2 ** BUCKET_BITS));
    for (let bucket = 0; bucket < this.next.length; bucket++) {
      this.next[bucket] = offsets[bucket << BUCKET_BITS] as number;
    }
  }

  /** Adds so many steps by customer, letter and time. */
  add(count: number, customers: Int32Array, letters: Uint16Array, times: Float64Array): void {
    const { next, customers: within, steps, times: allTimes } = this;
    for (let index = 0; index < count; index++) {
      const customer = customers[index] as number;
      const place = next[customer >>> BUCKET_BITS]!++;
      within[place] = customer & BUCKET_MASK;
      steps[place] = letters[index] as number;
      allTimes[place] = times[index] as number;
    }
  }

  /** Brings every step to its customer, once all were added. */
  finish(): void {
    const { offsets, customers, steps, times, next: ends } = this;
    for (let bucket = 0; bucket < ends.length; bucket++) {
      const first = bucket << BUCKET_BITS;
      const start = offsets[first] as number;
      const end = ends[bucket] as number;
      const bucketSteps = steps.slice(start, end);
      const bucketTimes = times.slice(start, end);
      const next = offsets.slice(first, first + BUCKET_MASK + 1);
      for (let index = 0; index < bucketSteps.length; index++) {
        const place = next[customers[start + index] as number]!++;
        steps[place] = bucketSteps[index] as number;
        times[place] = bucketTimes[index] as number;
      }
    }
  }
}
