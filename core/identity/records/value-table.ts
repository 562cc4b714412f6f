import { mix } from './hashing';

/**
 * Rows of numbers, found by a hash of 64 bits (two halves, the first two numbers of each row): all that is looked up
 * together stands together in memory, for there are millions of look-ups.
 */
export class ValueTable {
  readonly rows: Uint32Array;
  private readonly slots: Uint32Array;
  private size = 0;

  /**
   * @param count how many rows there will be
   * @param width numbers a row, those of the hash counted
   */
  constructor(
    count: number,
    readonly width: number,
  ) {
    this.rows = new Uint32Array(count * width);
    this.slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * count + 1)));
  }

  /** Adds a row of a hash that has none. Returns where it begins. */
  add(low: number, high: number): number {
    const mask = this.slots.length - 1;
    let slot = mix(low) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    const start = this.size * this.width;
    this.slots[slot] = ++this.size;
    this.rows[start] = low;
    this.rows[start + 1] = high;
    return start;
  }

  /** Where the row of a hash begins, or -1. */
  find(low: number, high: number): number {
    const mask = this.slots.length - 1;
    for (let slot = mix(low) & mask; ; slot = (slot + 1) & mask) {
      const number = this.slots[slot] as number;
      if (number === 0) return -1;
      const start = (number - 1) * this.width;
      if (this.rows[start] === low && this.rows[start + 1] === high) return start;
    }
  }
}
