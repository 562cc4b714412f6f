import { mix } from './hashing';

/** Places of equal keys, group by group; a key of 0 is none, and in no group. */
export interface EqualGroups {
  readonly count: number;
  /** Places in ascending order within a group. */
  readonly places: Uint32Array;
  /** By group: where it begins among the places; and at last, where they end. */
  readonly starts: Uint32Array;
}

const LEAST_BITS = 4;
const MOST_BITS = 22;

/** For as many buckets as there are keys, nearly. */
export function bucketShift(keys: number): number {
  return 32 - Math.min(MOST_BITS, Math.max(LEAST_BITS, Math.ceil(Math.log2(keys + 1))));
}

/** Groups equal keys: they are dealt into as many buckets as there are keys, by hash, and sorted within. */
export function groupEqual(keys: Uint32Array): EqualGroups {
  const { places, values, ends } = dealOut(keys, bucketShift(keys.length));
  const starts = new Uint32Array(places.length + 1);
  let count = 0;
  let from = 0;
  for (let bucket = 0; bucket < ends.length; bucket++) {
    const to = ends[bucket] as number;
    if (to - from > 1) sortRange(values, places, from, to);
    for (let at = from; at < to; at++) if (at === from || values[at] !== values[at - 1]) starts[count++] = at;
    from = to;
  }
  starts[count] = places.length;
  return { count, places, starts: starts.slice(0, count + 1) };
}

/**
 * Keys other than 0 and their places, bucket by bucket, in their order within each.
 *
 * @param shift a key's bucket is its `mix` without so many of the lower bits
 * @returns `ends`: by bucket, where it ends
 */
export function dealOut(keys: Uint32Array, shift: number) {
  const ends = new Uint32Array(2 ** (32 - shift));
  let present = 0;
  for (let place = 0; place < keys.length; place++) {
    const key = keys[place] as number;
    if (key === 0) continue;
    ends[mix(key) >>> shift]!++;
    present++;
  }
  let start = 0;
  for (let bucket = 0; bucket < ends.length; bucket++) {
    const size = ends[bucket] as number;
    ends[bucket] = start;
    start += size;
  }
  const places = new Uint32Array(present);
  const values = new Uint32Array(present);
  for (let place = 0; place < keys.length; place++) {
    const key = keys[place] as number;
    if (key === 0) continue;
    const at = ends[mix(key) >>> shift]!++;
    places[at] = place;
    values[at] = key;
  }
  return { places, values, ends };
}

/** Insertion sort: there is hardly ever more than one key in a bucket. */
function sortRange(values: Uint32Array, places: Uint32Array, from: number, to: number): void {
  for (let at = from + 1; at < to; at++) {
    const value = values[at] as number;
    if ((values[at - 1] as number) <= value) continue;
    const place = places[at] as number;
    let free = at;
    for (; free > from && (values[free - 1] as number) > value; free--) {
      values[free] = values[free - 1] as number;
      places[free] = places[free - 1] as number;
    }
    values[free] = value;
    places[free] = place;
  }
}
