/** What happened to one customer, over all time. Features never see it as a whole: `pastOf` cuts it off first. */
export interface CustomerHistory {
  readonly customerId: string;
  /** In the order of time: what happened, by number of the alphabet. */
  readonly letters: Int32Array;
  /** When, in epoch milliseconds. */
  readonly times: Float64Array;
  /** On which channel, by its number; -1 for a milestone, which has none. */
  readonly channels: Int32Array;
  /** What sources told of the customer, the oldest first. */
  readonly records: readonly ProfileRecord[];
  /** Other customers who share something with this one. */
  readonly neighbours: readonly Neighbour[];
  /** The scores that the customer gave, where a model predicts some; they are labels, and of no past. */
  readonly scores: readonly GivenScore[];
}

export interface GivenScore {
  /** Epoch milliseconds of the event that has it. */
  readonly at: number;
  readonly score: number;
}

/** A version of a profile, from when a source showed it. */
export interface ProfileRecord {
  /** Epoch milliseconds. */
  readonly seenAt: number;
  readonly attributes: Readonly<Record<string, string>>;
}

export type Tie = 'address' | 'phone' | 'account';

/** A customer who shares an address, a phone number or an account. */
export interface Neighbour {
  readonly tie: Tie;
  /** The other one, who is here once for each value that they share. */
  readonly customerId: string;
  /** Epoch milliseconds: when the later one of the two was first seen with it. */
  readonly since: number;
  /** Epoch milliseconds: when so many had come to share it that it says nothing any more, as of a block of flats; Infinity for never. */
  readonly crowdedAt: number;
  /** Epoch milliseconds of the first time that what the model predicts happened to the neighbour; Infinity for never. */
  readonly hitAt: number;
}

/** The letters of histories: step types, and milestones as `milestone:NAME`; and the channels. */
export interface Alphabet {
  readonly letters: readonly string[];
  readonly channels: readonly string[];
}

/** What was known of a customer just before a moment: nothing in it is of a later time. */
export interface Past {
  /** Epoch milliseconds; what happened at this very moment is future. */
  readonly cutOff: number;
  readonly letters: Int32Array;
  readonly times: Float64Array;
  readonly channels: Int32Array;
  readonly records: readonly ProfileRecord[];
  readonly neighbours: readonly Neighbour[];
}

/**
 * The past of a customer before a moment. All features are made from what this returns, so that none can know the future:
 * what is later is cut away, and so is what a neighbour is going to do.
 */
export function pastOf(history: CustomerHistory, cutOff: number): Past {
  const end = countBefore(history.times, cutOff);
  return {
    cutOff,
    letters: history.letters.subarray(0, end),
    times: history.times.subarray(0, end),
    channels: history.channels.subarray(0, end),
    records: history.records.filter(({ seenAt }) => seenAt < cutOff),
    neighbours: neighboursBefore(history.neighbours, cutOff),
  };
}

/** Each once for a tie, whatever many values they share. */
function neighboursBefore(neighbours: readonly Neighbour[], cutOff: number): Neighbour[] {
  if (neighbours.length === 0) return [];
  const known: Neighbour[] = [];
  for (const { tie, customerId, since, crowdedAt, hitAt } of neighbours) {
    if (since >= cutOff || crowdedAt < cutOff) continue;
    const isKnown = known.some((other) => other.tie === tie && other.customerId === customerId);
    if (isKnown) continue;
    known.push({ tie, customerId, since, crowdedAt: Infinity, hitAt: hitAt < cutOff ? hitAt : Infinity });
  }
  return known;
}

/** How many of ascending times are before a moment. */
export function countBefore(times: ArrayLike<number>, moment: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
