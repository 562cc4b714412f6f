import { compareRecords } from './compare-records';
import { MOST_LEVELS } from '../records/field-kinds';
import type { RecordTable } from '../records/record-table';

/** Compares pairs of records, many at a time. */
export interface PairComparer {
  readonly packing: LevelPacking;
  /**
   * The levels of pairs, each packed into one number.
   *
   * @returns valid until the next call
   */
  compare(a: Uint32Array, b: Uint32Array): Float64Array;
}

/** Levels of all fields as one number, three bits each: those of sixteen fields are an exact number. */
export class LevelPacking {
  constructor(readonly fields: number) {}

  pack(levels: Uint8Array): number {
    let packed = 0;
    for (let field = levels.length - 1; field >= 0; field--) packed = packed * MOST_LEVELS + (levels[field] as number);
    return packed;
  }

  /** @param into where to write the levels, from `start` on */
  unpack(packed: number, into = new Uint8Array(this.fields), start = 0): Uint8Array {
    let rest = packed;
    for (let field = 0; field < this.fields; field++) {
      const others = Math.floor(rest / MOST_LEVELS);
      into[start + field] = rest - others * MOST_LEVELS;
      rest = others;
    }
    return into;
  }
}

/** Does what kernels/identity.ts does, where it was not built or may not be used. */
export class PlainComparer implements PairComparer {
  readonly packing: LevelPacking;
  private packed = new Float64Array(0);

  constructor(private readonly table: RecordTable) {
    this.packing = new LevelPacking(table.layout.length);
  }

  compare(a: Uint32Array, b: Uint32Array): Float64Array {
    if (this.packed.length < a.length) this.packed = new Float64Array(a.length);
    const levels = new Uint8Array(this.table.layout.length);
    for (let pair = 0; pair < a.length; pair++) {
      compareRecords(this.table, a[pair] as number, b[pair] as number, levels);
      this.packed[pair] = this.packing.pack(levels);
    }
    return this.packed.subarray(0, a.length);
  }
}
