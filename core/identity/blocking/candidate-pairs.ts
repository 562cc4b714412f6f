import type { BlockingRule } from './blocking-rules';
import type { RecordTable } from '../records/record-table';
import { groupEqual } from '../records/equal-groups';

/** Pairs of records to compare, as parallel arrays; the smaller number first. */
export interface CandidatePairs {
  readonly size: number;
  readonly a: Uint32Array;
  readonly b: Uint32Array;
}

/** The pairs that agree on a rule, each once. Of two files, those with a record of each. */
export function candidatePairs({ files, records }: RecordTable, rules: readonly BlockingRule[]): CandidatePairs {
  const found = new PairList(rules.reduce((sum, { pairs }) => sum + pairs, 0));
  const keys = besideEachOther(rules, records);
  rules.forEach(({ values }, rule) => {
    const { count, places, starts } = groupEqual(values);
    for (let group = 0; group < count; group++) {
      const end = starts[group + 1] as number;
      for (let i = starts[group] as number; i < end - 1; i++) {
        const a = places[i] as number;
        for (let j = i + 1; j < end; j++) {
          const b = places[j] as number;
          if (files !== undefined && files[a] === files[b]) continue;
          if (!agreeBefore(keys, rule, a * rules.length, b * rules.length)) found.add(a, b);
        }
      }
    }
  });
  return found.pairs();
}

/** The keys of every rule, record by record: what is looked up together stands together. */
function besideEachOther(rules: readonly BlockingRule[], records: number): Uint32Array {
  const keys = new Uint32Array(rules.length * records);
  rules.forEach(({ values }, rule) => {
    for (let record = 0, at = rule; record < records; record++, at += rules.length) keys[at] = values[record] as number;
  });
  return keys;
}

/** Whether an earlier rule has found the pair. */
function agreeBefore(keys: Uint32Array, rule: number, a: number, b: number): boolean {
  for (let earlier = 0; earlier < rule; earlier++) {
    const key = keys[a + earlier] as number;
    if (key !== 0 && key === keys[b + earlier]) return true;
  }
  return false;
}

/** Every pair; of two files, those with a record of each. */
export function allPairs({ records, files }: RecordTable): CandidatePairs {
  const found = new PairList(0);
  for (let a = 0; a < records; a++) {
    for (let b = a + 1; b < records; b++) if (files === undefined || files[a] !== files[b]) found.add(a, b);
  }
  return found.pairs();
}

/** Room for pairs beside those that are expected. */
const LEAST_ROOM = 1_024;

/** Collects pairs. */
export class PairList {
  private a: Uint32Array;
  private b: Uint32Array;
  private size = 0;

  constructor(expected: number) {
    this.a = new Uint32Array(expected + LEAST_ROOM);
    this.b = new Uint32Array(expected + LEAST_ROOM);
  }

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
