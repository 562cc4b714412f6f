import type { JourneyComparison } from '../../schemas/frequency';
import { differenceInterval, equalityPValue, falseDiscoveryRates } from '../statistics/proportions';
import { groupAll } from '../journeys/group-journeys';
import { namesOf, joinSlices } from '../journeys/slices';
import { rankingOrder } from './top-groups';
import type { CutJourneys } from './cut';
import { selectTop } from './select-top';

type Differences = Pick<JourneyComparison, 'journeys' | 'tested' | 'untested'>;

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
  const candidates: { group: number; difference: number; pValue: number }[] = [];
  for (let group = 0; group < groups.size; group++) {
    const { inA, inB } = proportionsOf(group);
    const pValue = equalityPValue(inA, inB);
    if (pValue !== undefined) {
      candidates.push({ group, difference: inA.count / inA.of - inB.count / inB.of, pValue });
    }
  }
  const rates = falseDiscoveryRates(candidates.map(({ pValue }) => pValue));
  const bySteps = rankingOrder(joined, groups);
  const order = (one: number, other: number) => {
    const [first, second] = [candidates[one]!, candidates[other]!];
    return Math.abs(second.difference) - Math.abs(first.difference) || bySteps(first.group, second.group);
  };
  const journeys = selectTop(candidates.length, top, order).map((index) => {
    const { group, difference } = candidates[index]!;
    const { inA, inB } = proportionsOf(group);
    return {
      steps: namesOf(joined, groups.examples[group] as number),
      a: { count: inA.count, share: inA.count / inA.of },
      b: { count: inB.count, share: inB.count / inB.of },
      difference,
      interval: [...differenceInterval(inA, inB)] as [number, number],
      falseDiscoveryRate: rates[index] as number,
    };
  });
  return { journeys, tested: candidates.length, untested: groups.size - candidates.length };

  function proportionsOf(group: number) {
    const count = countsOfA[group] as number;
    return {
      inA: { count, of: a.starts.length },
      inB: { count: (groups.counts[group] as number) - count, of: b.starts.length },
    };
  }
}
