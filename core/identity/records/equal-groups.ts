import { mix } from './hashing';

/** Places of equal keys, group by group; a key of 0 is none, and in no group. */
export interface EqualGroups {
  readonly count: number;
  /** Places in ascending order within a group. */
  readonly places: Uint32Array;
  /** By group: where it begins among the places; and at last, where they end. */
  readonly starts: Uint32Array;
}

/** Bins are of so many keys, nearly, that each is sorted within the nearest cache; they are no more than caches have pages. */
const KEY_BITS_OF_BIN = 11;
const MOST_BIN_BITS = 12;
const MOST_BUCKET_BITS = 12;

const LEAST_BITS = 4;
const MOST_BITS = 22;

/** For as many buckets as there are keys, nearly. */
export function bucketShift(keys: number): number {
  return 32 - bitsFor(keys, MOST_BITS);
}

/** Bits for as many numbers as there are keys, nearly. */
function bitsFor(keys: number, most: number): number {
  return Math.min(most, Math.max(LEAST_BITS, Math.ceil(Math.log2(keys + 1))));
}

/**
 * Groups equal keys, in the order of the keys' hashes (`mix`, under which different keys are different): they are dealt into
 * bins by the upper bits of the hash, and each bin into as many buckets as it has keys, which are sorted.
 */
export function groupEqual(keys: Uint32Array): EqualGroups {
  const shift = 32 - Math.max(1, bitsFor(keys.length, KEY_BITS_OF_BIN + MOST_BIN_BITS) - KEY_BITS_OF_BIN);
  const { places, hashes, ends } = dealOut(keys, shift);
  const sorted = new BinSorter(places, hashes);
  let from = 0;
  for (const to of ends) {
    sorted.sortBin(from, to, shift);
    from = to;
  }
  return sorted.groups();
}

/**
 * Hashes of keys other than 0 and their places, bucket by bucket, in their order within each.
 *
 * @param shift a key's bucket is its hash without so many of the lower bits
 * @returns `ends`: by bucket, where it ends
 */
export function dealOut(keys: Uint32Array, shift: number) {
  const ends = new Uint32Array(2 ** (32 - shift));
  for (let place = 0; place < keys.length; place++) {
    const key = keys[place] as number;
    if (key !== 0) ends[mix(key) >>> shift]!++;
  }
  const present = startsOf(ends, ends.length, 0);
  const places = new Uint32Array(present);
  const hashes = new Uint32Array(present);
  for (let place = 0; place < keys.length; place++) {
    const key = keys[place] as number;
    if (key === 0) continue;
    const hash = mix(key);
    const at = ends[hash >>> shift]!++;
    places[at] = place;
    hashes[at] = hash;
  }
  return { places, hashes, ends };
}

/** Makes of the sizes of some buckets where each begins. Returns where the last one ends. */
function startsOf(sizes: Uint32Array, buckets: number, first: number): number {
  let start = first;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const size = sizes[bucket] as number;
    sizes[bucket] = start;
    start += size;
  }
  return start;
}

/** Sorts bins of hashes, and finds the groups of equal ones. */
class BinSorter {
  private readonly ends = new Uint32Array(2 ** MOST_BUCKET_BITS);
  private readonly sorted: Uint32Array;
  private readonly ownPlaces: Uint32Array;
  private readonly starts: Uint32Array;
  private count = 0;

  constructor(
    private readonly places: Uint32Array,
    private readonly hashes: Uint32Array,
  ) {
    this.sorted = new Uint32Array(places.length);
    this.ownPlaces = new Uint32Array(places.length);
    this.starts = new Uint32Array(places.length + 1);
  }

  /** @param shift the bin has all hashes that are the same without so many of the lower bits */
  sortBin(from: number, to: number, shift: number): void {
    const { ends, hashes, places, sorted, ownPlaces } = this;
    const bits = bitsFor(to - from, Math.min(shift, MOST_BUCKET_BITS));
    const lower = shift - bits;
    const mask = 2 ** bits - 1;
    ends.fill(0, 0, mask + 1);
    for (let at = from; at < to; at++) ends[((hashes[at] as number) >>> lower) & mask]!++;
    startsOf(ends, mask + 1, from);
    for (let at = from; at < to; at++) {
      const hash = hashes[at] as number;
      const into = ends[(hash >>> lower) & mask]!++;
      sorted[into] = hash;
      ownPlaces[into] = places[at] as number;
    }
    for (let bucket = 0, start = from; bucket <= mask; bucket++) {
      const end = ends[bucket] as number;
      this.endBucket(start, end);
      start = end;
    }
  }

  groups(): EqualGroups {
    const { count, starts, ownPlaces } = this;
    starts[count] = ownPlaces.length;
    return { count, places: ownPlaces, starts: starts.slice(0, count + 1) };
  }

  /** Insertion sort: there is hardly ever more than one hash in a bucket. */
  private endBucket(from: number, to: number): void {
    const { sorted, ownPlaces, starts } = this;
    for (let at = from + 1; at < to; at++) {
      const hash = sorted[at] as number;
      if ((sorted[at - 1] as number) <= hash) continue;
      const place = ownPlaces[at] as number;
      let free = at;
      for (; free > from && (sorted[free - 1] as number) > hash; free--) {
        sorted[free] = sorted[free - 1] as number;
        ownPlaces[free] = ownPlaces[free - 1] as number;
      }
      sorted[free] = hash;
      ownPlaces[free] = place;
    }
    for (let at = from; at < to; at++) if (at === from || sorted[at] !== sorted[at - 1]) starts[this.count++] = at;
  }
}

/** How many pairs of places have the same key. */
export function pairsWithin({ count, starts }: EqualGroups): number {
  let pairs = 0;
  for (let group = 0; group < count; group++) {
    const size = starts[group + 1]! - starts[group]!;
    pairs += (size * (size - 1)) / 2;
  }
  return pairs;
}
