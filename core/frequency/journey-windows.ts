import { lettersArray } from '../journeys/words';
import type { JourneyFrequencyQuestion } from '../../schemas/frequency';
import type { JourneySlices } from './tally-journeys';

/** Events in no particular order, as columns of equal length. */
export interface EventBatch {
  /** The customer of each event, numbered from 0. */
  readonly owners: Int32Array;
  /** When it happened, in any unit; `BigInt64Array` for values that a double cannot hold. */
  readonly times: Times;
  /** Where it stands in its file, from 0: decides between equal times. */
  readonly lines: Float64Array;
  /** What happened, as a letter. */
  readonly letters: Uint16Array;
}

export type Times = Float64Array | BigInt64Array;

/**
 * Cuts journeys out of unordered events: finds each customer's first event of interest, then keeps the steps nearest to
 * it. Most events are looked at once and dropped, which is far faster than ordering all of them.
 *
 * @param batches the events; all of a customer's, and all with the same type of times
 * @param customers how many there are; one without the event of interest has no journey
 */
export function cutJourneys(
  batches: readonly EventBatch[],
  customers: number,
  alphabet: readonly string[],
  question: JourneyFrequencyQuestion,
): JourneySlices {
  const anchors = findAnchors(batches, customers, alphabet.indexOf(question.event));
  const windows = createWindows(batches, customers, alphabet.length, question.steps);
  for (const batch of batches) fillWindows(windows, batch, anchors, question.as === 'end');
  return slicesOf(windows, alphabet, question.as === 'end');
}

/** The first event of interest by customer; `lines` is -1 where there is none. */
interface Anchors {
  readonly times: Times;
  readonly lines: Float64Array;
}

function findAnchors(batches: readonly EventBatch[], customers: number, letter: number): Anchors {
  const found = { times: timesLike(batches, customers), lines: new Float64Array(customers).fill(-1) };
  for (const { owners, times, lines, letters } of batches) {
    for (let event = 0; event < owners.length; event++) {
      if (letters[event] !== letter) continue;
      const owner = owners[event] as number;
      if ((found.lines[owner] as number) >= 0 && !isEarlier(times, lines, event, found.times, found.lines, owner))
        continue;
      found.times[owner] = times[event] as number;
      found.lines[owner] = lines[event] as number;
    }
  }
  return found;
}

/** Places for the kept steps: of customer `c`, from `offsets[c]` on, the nearest to the event of interest first. */
interface Windows {
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  readonly times: Times;
  readonly lines: Float64Array;
  readonly letters: Uint8Array | Uint16Array;
}

/** No customer has more places than events: memory depends on the events, however long the journeys may be. */
function createWindows(batches: readonly EventBatch[], customers: number, letters: number, limit: number): Windows {
  const offsets = new Uint32Array(customers + 1);
  for (const { owners } of batches) {
    for (let event = 0; event < owners.length; event++) {
      const next = (owners[event] as number) + 1;
      offsets[next] = (offsets[next] as number) + 1;
    }
  }
  for (let customer = 0; customer < customers; customer++) {
    offsets[customer + 1] = (offsets[customer] as number) + Math.min(limit, offsets[customer + 1] as number);
  }
  const places = offsets[customers] as number;
  return {
    offsets,
    lengths: new Uint32Array(customers),
    times: timesLike(batches, places),
    lines: new Float64Array(places),
    letters: lettersArray(letters, places),
  };
}

/** Inserts each event that is on the right side of its customer's anchor among the nearest ones so far. */
function fillWindows(windows: Windows, batch: EventBatch, anchors: Anchors, isEnd: boolean): void {
  const { owners, times, lines, letters } = batch;
  const { offsets, lengths } = windows;
  for (let event = 0; event < owners.length; event++) {
    const owner = owners[event] as number;
    if ((anchors.lines[owner] as number) < 0) continue;
    if (lines[event] !== anchors.lines[owner]) {
      if (isEarlier(times, lines, event, anchors.times, anchors.lines, owner) !== isEnd) continue;
    }
    const start = offsets[owner] as number;
    let place = start + (lengths[owner] as number);
    if (place === offsets[owner + 1]) {
      if (isEarlier(times, lines, event, windows.times, windows.lines, place - 1) === isEnd) continue;
      place--;
    } else lengths[owner] = place - start + 1;
    while (place > start && isEarlier(times, lines, event, windows.times, windows.lines, place - 1) !== isEnd) {
      move(windows, place - 1, place);
      place--;
    }
    windows.times[place] = times[event] as number;
    windows.lines[place] = lines[event] as number;
    windows.letters[place] = letters[event] as number;
  }
}

function move({ times, lines, letters }: Windows, from: number, to: number): void {
  times[to] = times[from] as number;
  lines[to] = lines[from] as number;
  letters[to] = letters[from] as number;
}

/** Whether one event precedes another: by time, or by line where times are equal. */
function isEarlier(
  times: Times,
  lines: Float64Array,
  event: number,
  otherTimes: Times,
  otherLines: Float64Array,
  other: number,
): boolean {
  const time = times[event] as number | bigint;
  const otherTime = otherTimes[other] as number | bigint;
  return time < otherTime || (time === otherTime && (lines[event] as number) < (otherLines[other] as number));
}

/** The windows of customers who had the event, each in the order of time. */
function slicesOf({ offsets, lengths, letters }: Windows, alphabet: readonly string[], isEnd: boolean): JourneySlices {
  const starts = new Uint32Array(lengths.length);
  const ends = new Uint32Array(lengths.length);
  let journeys = 0;
  for (let customer = 0; customer < lengths.length; customer++) {
    const length = lengths[customer] as number;
    if (length === 0) continue;
    const start = offsets[customer] as number;
    if (isEnd) letters.subarray(start, start + length).reverse();
    starts[journeys] = start;
    ends[journeys++] = start + length;
  }
  return { alphabet, steps: letters, starts: starts.subarray(0, journeys), ends: ends.subarray(0, journeys) };
}

function timesLike(batches: readonly EventBatch[], length: number): Times {
  return batches[0]?.times instanceof BigInt64Array ? new BigInt64Array(length) : new Float64Array(length);
}
