/** Ids of customers by number, packed as UTF-8: a fifth of the memory that strings in an array and a Map take. */
export interface CustomerIds {
  readonly size: number;
  at(customer: number): string;
  /** The number of the customer with an id, or -1. */
  indexOf(id: string): number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Collects ids in the order of the customers' numbers. */
export class CustomerIdsBuilder {
  private bytes = new Uint8Array(1 << 16);
  private offsets = new Uint32Array(1024);
  private size = 0;

  append(ids: ArrayLike<string>): void {
    for (let index = 0; index < ids.length; index++) this.add(ids[index] as string);
  }

  build(): PackedIds {
    return new PackedIds(this.bytes.slice(0, this.offsets[this.size]), this.offsets.slice(0, this.size + 1));
  }

  private add(id: string): void {
    const start = this.offsets[this.size] as number;
    // A UTF-16 unit becomes three bytes of UTF-8 at most.
    if (start + id.length * 3 > this.bytes.length) this.bytes = grown(this.bytes, start + id.length * 3);
    if (this.size + 2 > this.offsets.length) this.offsets = grown(this.offsets, this.size + 2);
    const { written } = encoder.encodeInto(id, this.bytes.subarray(start));
    this.offsets[++this.size] = start + written;
  }
}

function grown<T extends Uint8Array | Uint32Array>(old: T, needed: number): T {
  const larger = new (old.constructor as new (length: number) => T)(Math.max(needed, old.length * 2));
  larger.set(old);
  return larger;
}

/** Ids one after the other: `offsets` are where each begins, and where the last one ends. */
export class PackedIds implements CustomerIds {
  /** Open addressing: the customer's number + 1; 0 is a free place. Made when first looked up. */
  private table: Uint32Array | undefined;

  constructor(
    readonly bytes: Uint8Array,
    readonly offsets: Uint32Array,
  ) {}

  static of(ids: ArrayLike<string>): PackedIds {
    const builder = new CustomerIdsBuilder();
    builder.append(ids);
    return builder.build();
  }

  get size(): number {
    return this.offsets.length - 1;
  }

  at(customer: number): string {
    return decoder.decode(this.bytesOf(customer));
  }

  indexOf(id: string): number {
    this.table ??= this.makeTable();
    const wanted = encoder.encode(id);
    const mask = this.table.length - 1;
    for (let place = hashOf(wanted) & mask; ; place = (place + 1) & mask) {
      const customer = (this.table[place] as number) - 1;
      if (customer < 0 || isEqual(this.bytesOf(customer), wanted)) return customer;
    }
  }

  private makeTable(): Uint32Array {
    const table = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(1, this.size) * 2)));
    const mask = table.length - 1;
    for (let customer = 0; customer < this.size; customer++) {
      let place = hashOf(this.bytesOf(customer)) & mask;
      while (table[place] !== 0) place = (place + 1) & mask;
      table[place] = customer + 1;
    }
    return table;
  }

  bytesOf(customer: number): Uint8Array {
    return this.bytes.subarray(this.offsets[customer], this.offsets[customer + 1]);
  }
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
export function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < bytes.length; index++) hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
  return hash >>> 0;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
