import { sharedUint32 } from '../../parallel/shared-arrays';
import { forEach, type Task, type Work } from '../../parallel/work';
import type { BlockingRule } from './blocking-rules';
import type { RecordTable } from '../records/record-table';
import { groupEqual, pairsWithin } from '../records/equal-groups';

/** Pairs of records to compare, as parallel arrays; the smaller number first. */
export interface CandidatePairs {
  readonly size: number;
  readonly a: Uint32Array;
  readonly b: Uint32Array;
}

/** The pairs that agree on a rule, each once, rule after rule. Of two files, those with a record of each. */
export function* candidatePairs({ files, records }: RecordTable, rules: readonly BlockingRule[]): Work<CandidatePairs> {
  const keys = besideEachOther(rules, records);
  const found = yield* forEach(
    findPairs,
    rules.map(({ values }, rule) => ({ values, rule, rules: rules.length, keys, files })),
  );
  return joined(found);
}

interface RuleToFollow {
  readonly values: Uint32Array;
  /** Its place among the rules, and how many there are. */
  readonly rule: number;
  readonly rules: number;
  /** Those of all rules, as `besideEachOther` has them. */
  readonly keys: Uint32Array;
  readonly files: Uint8Array | undefined;
}

/** The pairs that agree on one rule, and on none before it. */
export const findPairs: Task<RuleToFollow, CandidatePairs> = {
  name: 'find pairs by a blocking rule',
  run: ({ values, rule, rules, keys, files }) => {
    const groups = groupEqual(values);
    const { count, places, starts } = groups;
    const found = new PairList(pairsWithin(groups));
    for (let group = 0; group < count; group++) {
      const end = starts[group + 1] as number;
      for (let i = starts[group] as number; i < end - 1; i++) {
        const a = places[i] as number;
        for (let j = i + 1; j < end; j++) {
          const b = places[j] as number;
          if (files !== undefined && files[a] === files[b]) continue;
          if (!agreeBefore(keys, rule, a * rules, b * rules)) found.add(a, b);
        }
      }
    }
    return found.pairs();
  },
};

/** Records whose keys are put beside each other before the next ones': few enough to stay near. */
const NEAR = 1_024;

/** The keys of every rule, record by record: what is looked up together stands together. */
function besideEachOther(rules: readonly BlockingRule[], records: number): Uint32Array {
  const keys = sharedUint32(rules.length * records);
  for (let first = 0; first < records; first += NEAR) {
    const end = Math.min(records, first + NEAR);
    for (let rule = 0; rule < rules.length; rule++) {
      const values = rules[rule]!.values;
      for (let record = first; record < end; record++) keys[record * rules.length + rule] = values[record] as number;
    }
  }
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
  const found = new PairList((records * (records - 1)) / 2);
  for (let a = 0; a < records; a++) {
    for (let b = a + 1; b < records; b++) if (files === undefined || files[a] !== files[b]) found.add(a, b);
  }
  return found.pairs();
}

function joined(parts: readonly CandidatePairs[]): CandidatePairs {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const [a, b] = [sharedUint32(size), sharedUint32(size)];
  let from = 0;
  for (const part of parts) {
    a.set(part.a, from);
    b.set(part.b, from);
    from += part.size;
  }
  return { size, a, b };
}

/** Room for pairs beside those that are expected. */
const LEAST_ROOM = 1_024;

/** Collects pairs. */
export class PairList {
  private a: Uint32Array;
  private b: Uint32Array;
  private size = 0;

  constructor(expected: number) {
    this.a = sharedUint32(expected + LEAST_ROOM);
    this.b = sharedUint32(expected + LEAST_ROOM);
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

function doubled(array: Uint32Array): Uint32Array {
  const larger = sharedUint32(array.length * 2);
  larger.set(array);
  return larger;
}
