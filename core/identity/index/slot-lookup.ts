import { bucketShift, dealOut } from '../records/equal-groups';
import { mix } from '../records/hashing';

/** Finds the slots that have a key, without reading all: for keys that stay as they are. */
export class SlotLookup {
  private readonly shift: number;
  private readonly places: Uint32Array;
  private readonly ends: Uint32Array;

  /** @param keys by slot; a key of 0 is none */
  constructor(private readonly keys: Uint32Array) {
    this.shift = bucketShift(keys.length);
    const { places, ends } = dealOut(keys, this.shift);
    this.places = places;
    this.ends = ends;
  }

  /** Slots with a key, in their order. */
  find(key: number): number[] {
    const found: number[] = [];
    if (key === 0) return found;
    const bucket = mix(key) >>> this.shift;
    const end = this.ends[bucket] as number;
    for (let at = bucket === 0 ? 0 : (this.ends[bucket - 1] as number); at < end; at++) {
      const slot = this.places[at] as number;
      if (this.keys[slot] === key) found.push(slot);
    }
    return found;
  }
}
