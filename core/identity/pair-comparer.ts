import { compareRecords } from './compare-records';
import { levelCount } from './field-kinds';
import type { RecordTable } from './record-table';

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

/** Levels of all fields as one number, which is exact: no file has so many fields that it would not be. */
export class LevelPacking {
  /** By field, what a level counts. */
  readonly factors: Float64Array;
  private readonly levels: readonly number[];

  constructor({ layout }: Pick<RecordTable, 'layout'>) {
    this.levels = layout.map(({ kind }) => levelCount(kind));
    this.factors = new Float64Array(layout.length);
    let factor = 1;
    this.levels.forEach((count, field) => {
      this.factors[field] = factor;
      factor *= count;
    });
  }

  pack(levels: Uint8Array): number {
    let packed = 0;
    for (let field = 0; field < levels.length; field++) packed += (levels[field] as number) * this.factors[field]!;
    return packed;
  }

  unpack(packed: number): Uint8Array {
    return Uint8Array.from(this.levels, (count, field) => Math.floor(packed / this.factors[field]!) % count);
  }
}

/** Does what kernels/identity.ts does, where it was not built or may not be used. */
export class PlainComparer implements PairComparer {
  readonly packing: LevelPacking;
  private packed = new Float64Array(0);

  constructor(private readonly table: RecordTable) {
    this.packing = new LevelPacking(table);
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
