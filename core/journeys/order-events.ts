/** Events in no particular order, as columns of equal length. */
export interface UnorderedEvents {
  /** The customer of each event, numbered from 0. */
  readonly owners: Int32Array;
  /** When it happened, in any unit; `BigInt64Array` for values that a double cannot hold. */
  readonly times: Float64Array | BigInt64Array;
  /** Where it stands in its file: decides between equal times. */
  readonly lines: Float64Array;
  /** What happened, as a letter. */
  readonly letters: Uint8Array | Uint16Array;
}

/** Steps grouped by customer, each customer's in the order of time; see `JourneyWords`. */
export interface OrderedSteps {
  readonly offsets: Uint32Array;
  readonly steps: Uint8Array | Uint16Array;
}

/** Groups events by customer with a counting sort, then orders each customer's by time and line. */
export function orderEvents(events: UnorderedEvents, customers: number): OrderedSteps {
  const { owners, letters } = events;
  const offsets = new Uint32Array(customers + 1);
  for (let event = 0; event < owners.length; event++) count(offsets, (owners[event] as number) + 1);
  for (let customer = 0; customer < customers; customer++) {
    offsets[customer + 1] = (offsets[customer] as number) + (offsets[customer + 1] as number);
  }
  const order = new Uint32Array(owners.length);
  const next = offsets.slice(0, customers);
  for (let event = 0; event < owners.length; event++) order[count(next, owners[event] as number)] = event;
  for (let customer = 0; customer < customers; customer++) {
    sortByTime(order, offsets[customer] as number, offsets[customer + 1] as number, events);
  }
  const steps = letters instanceof Uint8Array ? new Uint8Array(owners.length) : new Uint16Array(owners.length);
  for (let step = 0; step < order.length; step++) steps[step] = letters[order[step] as number] as number;
  return { offsets, steps };
}

/** Adds one, and returns what was there before. */
function count(counts: Uint32Array, at: number): number {
  const before = counts[at] as number;
  counts[at] = before + 1;
  return before;
}

/** Up to so many places an event is moved one by one; events mostly come nearly ordered. */
const FEW_MOVES = 64;

/** Insertion sort, which takes one comparison an event where they come in order; a general sort where they do not. */
function sortByTime(order: Uint32Array, from: number, to: number, { times, lines }: UnorderedEvents): void {
  for (let index = from + 1; index < to; index++) {
    const event = order[index] as number;
    const time = times[event] as number | bigint;
    const line = lines[event] as number;
    let at = index;
    for (; at > from; at--) {
      const other = order[at - 1] as number;
      const otherTime = times[other] as number | bigint;
      if (otherTime < time || (otherTime === time && (lines[other] as number) < line)) break;
      if (index - at === FEW_MOVES) {
        order[at] = event;
        order.subarray(from, to).sort((a, b) => compare(times, a, b) || (lines[a] as number) - (lines[b] as number));
        return;
      }
      order[at] = other;
    }
    order[at] = event;
  }
}

function compare(times: Float64Array | BigInt64Array, a: number, b: number): number {
  const timeA = times[a] as number | bigint;
  const timeB = times[b] as number | bigint;
  return timeA < timeB ? -1 : Number(timeA > timeB);
}
