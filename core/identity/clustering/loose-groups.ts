import { sharedUint32 } from '../../parallel/shared-arrays';
import { forEach, partsOf, type Task, type Work } from '../../parallel/work';
import { DisjointSets } from './clusters';
import type { CandidatePairs } from '../blocking/candidate-pairs';
import { groupEqual, type EqualGroups } from '../records/equal-groups';

/** More records than this held together by pairs are no person; their surest pairs alone count. */
const MOST_TOGETHER = 1_000;
/** Beyond this nothing is surer. */
const SUREST = 12;
const STEP = 2;

/** Pairs of records and how likely each is one person: by pair its vector, by vector the weight. */
export interface WeighedPairs extends CandidatePairs {
  readonly of: Uint32Array;
  readonly weights: Float64Array;
}

/** Records group by group, in ascending order within each, as `EqualGroups` has its places. */
export type LooseGroups = EqualGroups;

/**
 * Groups of two or more records that pairs above a weight hold together, however loosely. Groups of very many are held
 * together by surer and surer pairs, until the pieces can be looked at.
 */
export function* looseGroups(records: number, pairs: WeighedPairs, least: number): Work<LooseGroups> {
  const groups = new GroupList(records);
  let isLeft: Uint8Array | undefined;
  for (let from = least; from <= SUREST; from += STEP) {
    const { count, places, starts } = heldTogether(records, yield* heldPairs(pairs, from));
    const tooLarge = new Uint8Array(records);
    let hasTooLarge = false;
    for (let group = 0; group < count; group++) {
      const [start, end] = [starts[group] as number, starts[group + 1] as number];
      if (end - start < 2 || isLeft?.[places[start] as number] === 0) continue;
      if (end - start <= MOST_TOGETHER) groups.add(places, start, end);
      else for (let place = start; place < end; place++) tooLarge[places[place] as number] = 1;
      hasTooLarge ||= end - start > MOST_TOGETHER;
    }
    if (!hasTooLarge) break;
    isLeft = tooLarge;
  }
  return groups.groups();
}

/** Collects groups. */
class GroupList {
  private readonly places: Uint32Array;
  private readonly starts: Uint32Array;
  private count = 0;

  constructor(records: number) {
    this.places = sharedUint32(records);
    this.starts = sharedUint32(records + 1);
  }

  add(places: Uint32Array, start: number, end: number): void {
    const from = this.starts[this.count] as number;
    for (let place = start; place < end; place++) this.places[from + place - start] = places[place] as number;
    this.starts[++this.count] = from + end - start;
  }

  groups(): LooseGroups {
    const { count, starts } = this;
    return { count, places: this.places.subarray(0, starts[count]), starts: starts.subarray(0, count + 1) };
  }
}

/** Pairs whose weights are looked up in one go. */
const PART = 1_048_576;

function* heldPairs({ size, a, b, of, weights }: WeighedPairs, least: number): Work<CandidatePairs[]> {
  return yield* forEach(
    findHeld,
    partsOf(size, PART).map(({ from, to }) => ({
      pairs: { size: to - from, a: a.subarray(from, to), b: b.subarray(from, to), of: of.subarray(from, to), weights },
      least,
    })),
  );
}

/** The pairs above a weight. */
export const findHeld: Task<{ pairs: WeighedPairs; least: number }, CandidatePairs> = {
  name: 'find pairs that hold together',
  run: ({ pairs: { size, a, b, of, weights }, least }) => {
    const [heldA, heldB] = [sharedUint32(size), sharedUint32(size)];
    let held = 0;
    for (let pair = 0; pair < size; pair++) {
      heldA[held] = a[pair] as number;
      heldB[held] = b[pair] as number;
      // Without a branch: it could not be foretold.
      held += +((weights[of[pair] as number] as number) > least);
    }
    return { size: held, a: heldA.subarray(0, held), b: heldB.subarray(0, held) };
  },
};

function heldTogether(records: number, parts: readonly CandidatePairs[]): EqualGroups {
  const sets = new DisjointSets(records);
  const isHeld = new Uint8Array(records);
  for (const { size, a, b } of parts) {
    for (let pair = 0; pair < size; pair++) {
      const [one, other] = [a[pair] as number, b[pair] as number];
      isHeld[one] = isHeld[other] = 1;
      sets.union(one, other);
    }
  }
  const roots = new Uint32Array(records);
  for (let record = 0; record < records; record++) if (isHeld[record] === 1) roots[record] = sets.find(record) + 1;
  return groupEqual(roots);
}
