import type { CustomerSegment } from '../../schemas/frequency';
import type { JourneyWords } from '../journeys/words';
import { letterOf } from '../journeys/letter-of';

/**
 * By customer, 1 for those in the segment as far as their steps tell; undefined when everybody is. Attributes are not
 * known to words: the caller hands over whom they let pass.
 *
 * @param admitted by customer, 0 for those whom other conditions leave out
 * @throws HubError `EVENT_UNKNOWN` naming the field
 */
export function segmentOf(
  words: JourneyWords,
  segment: CustomerSegment,
  admitted?: Uint8Array,
): Uint8Array | undefined {
  const tests = [...stepTests(words, segment), ...activityTests(words, segment)];
  if (tests.length === 0) return admitted;
  const inSegment = new Uint8Array(words.customers);
  for (let customer = 0; customer < words.customers; customer++) {
    if (admitted?.[customer] === 0) continue;
    inSegment[customer] = tests.every((holds) => holds(customer)) ? 1 : 0;
  }
  return inSegment;
}

type CustomerTest = (customer: number) => boolean;

function stepTests(words: JourneyWords, { had, hadNot }: CustomerSegment): CustomerTest[] {
  const { offsets, steps } = words;
  const has = (customer: number, isWanted: Uint8Array) => {
    for (let at = offsets[customer] as number; at < (offsets[customer + 1] as number); at++) {
      if (isWanted[steps[at] as number] === 1) return true;
    }
    return false;
  };
  const single = had.map((step, index) => flagged(words, [step], `had.${index}`));
  const tests: CustomerTest[] = single.map((isWanted) => (customer) => has(customer, isWanted));
  if (hadNot.length > 0) {
    const isUnwanted = flagged(words, hadNot, 'hadNot');
    tests.push((customer) => !has(customer, isUnwanted));
  }
  return tests;
}

function flagged(words: JourneyWords, steps: readonly string[], field: string): Uint8Array {
  const flags = new Uint8Array(words.alphabet.length);
  for (const step of steps) flags[letterOf(words, step, `segment.${field}`)] = 1;
  return flags;
}

function activityTests({ offsets, times }: JourneyWords, segment: CustomerSegment): CustomerTest[] {
  const { activeFrom, activeUntil } = segment;
  if (activeFrom === undefined && activeUntil === undefined) return [];
  const earliest = activeFrom === undefined ? -Infinity : Date.parse(activeFrom);
  const end = activeUntil === undefined ? Infinity : Date.parse(activeUntil);
  return [
    (customer) => {
      for (let at = offsets[customer] as number; at < (offsets[customer + 1] as number); at++) {
        const time = times[at] as number;
        if (time >= earliest) return time < end;
      }
      return false;
    },
  ];
}
