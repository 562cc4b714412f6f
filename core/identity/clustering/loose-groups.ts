import { DisjointSets } from './clusters';
import type { CandidatePairs } from '../blocking/candidate-pairs';
import { groupEqual, type EqualGroups } from '../records/equal-groups';

/** More records than this held together by pairs are no person; their surest pairs alone count. */
const MOST_TOGETHER = 1_000;
/** Beyond this nothing is surer. */
const SUREST = 12;
const STEP = 2;

/**
 * Groups of two or more records that pairs above a weight hold together, however loosely. Groups of very many are held
 * together by surer and surer pairs, until the pieces can be looked at.
 *
 * @param weightOf the weight of a pair, by its place
 */
export function looseGroups(
  records: number,
  pairs: CandidatePairs,
  weightOf: (pair: number) => number,
  least: number,
): Uint32Array[] {
  const groups: Uint32Array[] = [];
  let isLeft: Uint8Array | undefined;
  for (let from = least; from <= SUREST; from += STEP) {
    const { count, places, starts } = heldTogether(records, pairs, weightOf, from);
    const tooLarge = new Uint8Array(records);
    let hasTooLarge = false;
    for (let group = 0; group < count; group++) {
      const members = places.subarray(starts[group], starts[group + 1]);
      if (members.length < 2 || isLeft?.[members[0] as number] === 0) continue;
      if (members.length <= MOST_TOGETHER) groups.push(members);
      else for (const record of members) tooLarge[record] = 1;
      hasTooLarge ||= members.length > MOST_TOGETHER;
    }
    if (!hasTooLarge) break;
    isLeft = tooLarge;
  }
  return groups;
}

function heldTogether(
  records: number,
  { size, a, b }: CandidatePairs,
  weightOf: (pair: number) => number,
  least: number,
): EqualGroups {
  const sets = new DisjointSets(records);
  const isHeld = new Uint8Array(records);
  for (let pair = 0; pair < size; pair++) {
    if (weightOf(pair) <= least) continue;
    const [one, other] = [a[pair] as number, b[pair] as number];
    isHeld[one] = isHeld[other] = 1;
    sets.union(one, other);
  }
  const roots = new Uint32Array(records);
  for (let record = 0; record < records; record++) if (isHeld[record] === 1) roots[record] = sets.find(record) + 1;
  return groupEqual(roots);
}
