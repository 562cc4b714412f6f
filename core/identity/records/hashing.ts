/** The finalizer of MurmurHash3 (Appleby), 32 bits. */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Two keys as one; 0 where one is missing. */
export function joinKeys(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : mix(mix(a) ^ b) || 1;
}

const BITMAP_BITS = 22;

/**
 * How many different ones there are of some hashes of 64 bits, in two halves each, nearly (linear counting: Whang,
 * Vander-Zanden and Taylor 1990).
 */
export function differentHashes(hashes: Uint32Array): number {
  const bits = 2 ** BITMAP_BITS;
  const seen = new Uint8Array(bits);
  let set = 0;
  for (let low = 0; low < hashes.length; low += 2) {
    const bit = (hashes[low] as number) >>> (32 - BITMAP_BITS);
    set += 1 - (seen[bit] as number);
    seen[bit] = 1;
  }
  return -bits * Math.log(1 - Math.min(set, bits - 1) / bits);
}

/** Numbers the different values that it is shown, in the order they come: a hash table with open addressing. */
export class Numbering {
  size = 0;
  /** By number; only those below `size` are values. */
  values = new Float64Array(1 << 10);
  /** By slot, the number plus one. */
  private slots = new Uint32Array(1 << 12);

  /** @param value an integer of up to 53 bits */
  numberOf(value: number): number {
    const mask = this.slots.length - 1;
    let slot = hash53(value) & mask;
    for (;;) {
      const known = this.slots[slot] as number;
      if (known === 0) return this.add(value, slot);
      if (this.values[known - 1] === value) return known - 1;
      slot = (slot + 1) & mask;
    }
  }

  private add(value: number, slot: number): number {
    if (this.size === this.values.length) {
      this.grow();
      return this.numberOf(value);
    }
    this.slots[slot] = this.size + 1;
    this.values[this.size] = value;
    return this.size++;
  }

  private grow(): void {
    const { values, size } = this;
    this.values = new Float64Array(values.length * 2);
    this.values.set(values);
    this.slots = new Uint32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let number = 0; number < size; number++) {
      let slot = hash53(values[number] as number) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = number + 1;
    }
  }
}

function hash53(value: number): number {
  return mix((value >>> 0) ^ mix(Math.floor(value / 2 ** 32)));
}
