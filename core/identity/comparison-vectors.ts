import { levelCount } from './field-kinds';
import type { CandidatePairs } from './candidate-pairs';
import { compareRecords } from './compare-records';
import type { RecordTable } from './record-table';

/** The different outcomes of comparing pairs: few hundred to some ten thousand, however many pairs there are. */
export interface ComparisonVectors {
  readonly size: number;
  readonly fields: number;
  /** Levels, `fields` a vector. */
  readonly levels: Uint8Array;
  /** Pairs with each vector. */
  readonly counts: Float64Array;
  /** The vector of every pair. */
  readonly of: Uint32Array;
}

/** Compares every pair once. */
export function compareVectors(table: RecordTable, { size, a, b }: CandidatePairs): ComparisonVectors {
  const fields = table.layout.length;
  const packing = packingOf(table);
  const known = new VectorNumbers(packing);
  const of = new Uint32Array(size);
  const levels = new Uint8Array(fields);
  for (let pair = 0; pair < size; pair++) {
    compareRecords(table, a[pair] as number, b[pair] as number, levels);
    of[pair] = known.numberOf(levels);
  }
  return { ...known.vectors(), of };
}

/** By field, what a level counts in the packed number. */
function packingOf({ layout }: RecordTable): Float64Array {
  const factors = new Float64Array(layout.length);
  let factor = 1;
  layout.forEach(({ kind }, field) => {
    factors[field] = factor;
    factor *= levelCount(kind);
  });
  return factors;
}

/** Gives vectors numbers in the order they are met. */
export class VectorNumbers {
  private readonly numbers = new Map<number, number>();
  private readonly rows: Uint8Array[] = [];
  private readonly counts: number[] = [];

  /** @param packing what a level counts by field: no two vectors may have the same sum */
  constructor(private readonly packing: Float64Array) {}

  numberOf(levels: Uint8Array): number {
    let packed = 0;
    for (let field = 0; field < levels.length; field++) packed += (levels[field] as number) * this.packing[field]!;
    let number = this.numbers.get(packed);
    if (number === undefined) {
      number = this.rows.push(levels.slice()) - 1;
      this.numbers.set(packed, number);
      this.counts.push(0);
    }
    this.counts[number]!++;
    return number;
  }

  vectors(): Omit<ComparisonVectors, 'of'> {
    const fields = this.packing.length;
    const levels = new Uint8Array(this.rows.length * fields);
    this.rows.forEach((row, index) => levels.set(row, index * fields));
    return { size: this.rows.length, fields, levels, counts: Float64Array.from(this.counts) };
  }
}
