import type { JourneyComparison } from '../../schemas/frequency';
import { differenceInterval, equalityPValue, falseDiscoveryRates, type Proportion } from '../statistics/proportions';
import { groupAll } from '../journeys/group-journeys';
import { namesOf, joinSlices } from '../journeys/slices';
import { rankingOrder } from './top-groups';
import type { CutJourneys } from './cut';
import { selectTop } from './select-top';

type Differences = Pick<JourneyComparison, 'journeys' | 'tested' | 'untested'>;
type Difference = Omit<Differences['journeys'][number], 'steps'>;

/**
 * What two sides' journeys differ in, the greatest difference of shares first. Journeys too rare for the test are
 * counted, but not listed: their differences are noise.
 */
export function compareJourneys(a: CutJourneys, b: CutJourneys, top: number): Differences {
  const joined = joinSlices(a, b);
  const groups = groupAll(joined);
  const countsOfA = new Uint32Array(groups.size);
  for (let journey = 0; journey < a.starts.length; journey++) {
    const group = groups.of[journey] as number;
    countsOfA[group] = (countsOfA[group] as number) + 1;
  }
  const counted = {
    ofA: a.starts.length,
    ofB: b.starts.length,
    countsOfA,
    countsOfB: groups.counts.map((count, group) => count - (countsOfA[group] as number)),
  };
  const { tested, ranked } = rankDifferences(counted, top, rankingOrder(joined, groups));
  return {
    journeys: ranked.map(({ group, difference }) => ({
      steps: namesOf(joined, groups.examples[group] as number),
      ...difference,
    })),
    tested,
    untested: groups.size - tested,
  };
}

/** How often each group of equal journeys is on each of two sides. */
export interface CountedGroups {
  /** All journeys of the sides. */
  readonly ofA: number;
  readonly ofB: number;
  /** By group. */
  readonly countsOfA: ArrayLike<number>;
  readonly countsOfB: ArrayLike<number>;
}

/**
 * The groups whose shares differ most, and how many are frequent enough to be tested.
 *
 * @param order of groups with the same difference, by their numbers
 */
export function rankDifferences(
  { ofA, ofB, countsOfA, countsOfB }: CountedGroups,
  top: number,
  order: (a: number, b: number) => number,
): { readonly tested: number; readonly ranked: { readonly group: number; readonly difference: Difference }[] } {
  const sidesOf = (group: number): [Proportion, Proportion] => [
    { count: countsOfA[group] as number, of: ofA },
    { count: countsOfB[group] as number, of: ofB },
  ];
  const candidates: { group: number; difference: number; pValue: number }[] = [];
  for (let group = 0; group < countsOfA.length; group++) {
    const [inA, inB] = sidesOf(group);
    const pValue = equalityPValue(inA, inB);
    if (pValue !== undefined) candidates.push({ group, difference: shareOf(inA) - shareOf(inB), pValue });
  }
  const rates = falseDiscoveryRates(candidates.map(({ pValue }) => pValue));
  const byDifference = (one: number, other: number) => {
    const [first, second] = [candidates[one]!, candidates[other]!];
    return Math.abs(second.difference) - Math.abs(first.difference) || order(first.group, second.group);
  };
  const ranked = selectTop(candidates.length, top, byDifference).map((index) => {
    const { group, difference } = candidates[index]!;
    const [inA, inB] = sidesOf(group);
    return {
      group,
      difference: {
        a: { count: inA.count, share: shareOf(inA) },
        b: { count: inB.count, share: shareOf(inB) },
        difference,
        interval: [...differenceInterval(inA, inB)] as [number, number],
        falseDiscoveryRate: rates[index] as number,
      },
    };
  });
  return { tested: candidates.length, ranked };
}

function shareOf({ count, of }: Proportion): number {
  return count / of;
}
