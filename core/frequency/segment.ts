import type { CustomerSegment } from '../../schemas/frequency';
import { letterOf } from '../journeys/letter-of';
import { placesOf, type IndexedWords } from '../journeys/step-places';
import type { JourneyWords } from '../journeys/words';
import { firstPlaces } from './first-places';

/**
 * By customer, 1 for those in the segment as far as their steps tell; undefined when everybody is. Attributes are not
 * known to words: the caller hands over whom they let pass.
 *
 * @param admitted by customer, 0 for those whom other conditions leave out
 * @throws HubError `EVENT_UNKNOWN` naming the field
 */
export function segmentOf(
  indexed: IndexedWords,
  segment: CustomerSegment,
  admitted?: Uint8Array,
): Uint8Array | undefined {
  const { words } = indexed;
  const { had, hadNot, activeFrom, activeUntil } = segment;
  const asksActivity = activeFrom !== undefined || activeUntil !== undefined;
  if (had.length === 0 && hadNot.length === 0 && !asksActivity) return admitted;
  const inSegment = admitted?.slice() ?? new Uint8Array(words.customers).fill(1);
  had.forEach((step, index) => keep(inSegment, whoHad(indexed, step, `had.${index}`), 1));
  hadNot.forEach((step, index) => keep(inSegment, whoHad(indexed, step, `hadNot.${index}`), 0));
  if (asksActivity) {
    const earliest = activeFrom === undefined ? -Infinity : Date.parse(activeFrom);
    keepActive(words, inSegment, earliest, activeUntil === undefined ? Infinity : Date.parse(activeUntil));
  }
  return inSegment;
}

/** By customer, 1 for those who had a step. */
function whoHad(indexed: IndexedWords, step: string, field: string): Uint8Array {
  const had = new Uint8Array(indexed.words.customers);
  const letter = letterOf(indexed.words, step, `segment.${field}`);
  const { customers } = firstPlaces(indexed, placesOf(indexed, [letter]));
  for (let index = 0; index < customers.length; index++) had[customers[index] as number] = 1;
  return had;
}

/** Leaves those in the segment whose flag is as wanted. */
function keep(inSegment: Uint8Array, flags: Uint8Array, wanted: 0 | 1): void {
  for (let customer = 0; customer < inSegment.length; customer++) {
    if (flags[customer] !== wanted) inSegment[customer] = 0;
  }
}

/** Leaves those in the segment who have a step in a span of time. */
function keepActive(words: JourneyWords, inSegment: Uint8Array, earliest: number, end: number): void {
  const { offsets, times } = words;
  for (let customer = 0; customer < inSegment.length; customer++) {
    if (inSegment[customer] === 0) continue;
    const next = firstFrom(times, offsets[customer] as number, offsets[customer + 1] as number, earliest);
    const isActive = next < (offsets[customer + 1] as number) && (times[next] as number) < end;
    if (!isActive) inSegment[customer] = 0;
  }
}

/** The first place from `from` on, before `to`, with a time of `earliest` or later; `to` if there is none. */
function firstFrom(times: Float64Array, from: number, to: number, earliest: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < earliest) low = middle + 1;
    else high = middle;
  }
  return low;
}
