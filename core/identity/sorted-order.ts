const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** The places of the keys in ascending order, equal ones as they are (radix sort, 11 bits at a time). */
export function sortedOrder(keys: Uint32Array): Uint32Array {
  let from = Uint32Array.from({ length: keys.length }, (_, index) => index);
  let to = new Uint32Array(keys.length);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    const starts = new Uint32Array(DIGITS + 1);
    for (let index = 0; index < keys.length; index++) {
      const digit = ((keys[index] as number) >>> shift) & (DIGITS - 1);
      starts[digit + 1]!++;
    }
    for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1]! += starts[digit]!;
    for (let index = 0; index < keys.length; index++) {
      const item = from[index] as number;
      const digit = ((keys[item] as number) >>> shift) & (DIGITS - 1);
      to[starts[digit]!++] = item;
    }
    [from, to] = [to, from];
  }
  return from;
}

/**
 * Where the blocks of equal keys begin among sorted ones, and where the last one ends; the block of 0 (no key) is none.
 *
 * @param order as `sortedOrder` returns it
 */
export function blockStarts(keys: Uint32Array, order: Uint32Array): Uint32Array {
  const starts = new Uint32Array(order.length + 1);
  let blocks = 0;
  let last = 0;
  for (let at = 0; at < order.length; at++) {
    const key = keys[order[at] as number] as number;
    if (key === last) continue;
    starts[blocks++] = at;
    last = key;
  }
  starts[blocks++] = order.length;
  return starts.slice(0, blocks);
}
