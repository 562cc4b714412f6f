import type { BlockingRule } from './blocking-rules';
import type { RecordTable } from './record-table';
import { sortedOrder } from './sorted-order';

/** Pairs of records to compare, as parallel arrays; the smaller number first. */
export interface CandidatePairs {
  readonly size: number;
  readonly a: Uint32Array;
  readonly b: Uint32Array;
}

/** The pairs that agree on a rule, each once. Of two files, those with a record of each. */
export function candidatePairs({ files }: RecordTable, rules: readonly BlockingRule[]): CandidatePairs {
  const found = new PairList();
  rules.forEach(({ values }, index) => {
    const earlier = rules.slice(0, index).map((rule) => rule.values);
    forEachBlock(values, (block) => {
      for (let i = 0; i < block.length; i++) {
        const a = block[i] as number;
        for (let j = i + 1; j < block.length; j++) {
          const b = block[j] as number;
          if (files !== undefined && files[a] === files[b]) continue;
          if (!agreeOnAny(earlier, a, b)) found.add(a, b);
        }
      }
    });
  });
  return found.pairs();
}

function agreeOnAny(keys: readonly Uint32Array[], a: number, b: number): boolean {
  for (let index = 0; index < keys.length; index++) {
    const values = keys[index] as Uint32Array;
    const value = values[a] as number;
    if (value !== 0 && value === values[b]) return true;
  }
  return false;
}

/** Every pair; of two files, those with a record of each. */
export function allPairs({ records, files }: RecordTable): CandidatePairs {
  const found = new PairList();
  for (let a = 0; a < records; a++) {
    for (let b = a + 1; b < records; b++) if (files === undefined || files[a] !== files[b]) found.add(a, b);
  }
  return found.pairs();
}

/** Records with an equal key, two or more, in their order. */
function forEachBlock(values: Uint32Array, use: (records: Uint32Array) => void): void {
  const order = sortedOrder(values);
  for (let start = 0; start < order.length;) {
    const value = values[order[start] as number];
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === value) end++;
    if (value !== 0 && end - start > 1) use(order.subarray(start, end));
    start = end;
  }
}

class PairList {
  private a = new Uint32Array(1 << 16);
  private b = new Uint32Array(1 << 16);
  private size = 0;

  add(a: number, b: number): void {
    if (this.size === this.a.length) {
      this.a = doubled(this.a);
      this.b = doubled(this.b);
    }
    this.a[this.size] = a;
    this.b[this.size++] = b;
  }

  pairs(): CandidatePairs {
    const { size } = this;
    return { size, a: this.a.subarray(0, size), b: this.b.subarray(0, size) };
  }
}

function doubled(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
