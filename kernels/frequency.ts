/**
 * The innermost loops of core/frequency in WebAssembly: `firstPlaces` of find-anchors.ts and `sliceWords` of
 * cut-journeys.ts. All memory is laid out by the caller.
 */

/** Where a run over a step type's places is: the customer it has come to, and where that one's steps end. */
@unmanaged
class Walk {
  customer: i32;
  end: u32;
}

/** Each customer's first of some places, ascending; returns how many there are. */
export function firstPlaces(
  places: usize,
  count: u32,
  offsets: usize,
  walkAt: usize,
  customers: usize,
  anchors: usize,
): u32 {
  const walk = changetype<Walk>(walkAt);
  let customer = walk.customer;
  let end = walk.end;
  let found: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const place = load<u32>(places + (<usize>index << 2));
    if (place < end) continue;
    while (end <= place) {
      customer++;
      end = load<u32>(offsets + (<usize>customer << 2), 4);
    }
    store<u32>(customers + (<usize>found << 2), customer);
    store<u32>(anchors + (<usize>found << 2), place);
    found++;
  }
  walk.customer = customer;
  walk.end = end;
  return found;
}

/** What `slice` reads and writes; arrays by address, one entry a journey unless said otherwise. */
@unmanaged
class Cut {
  offsets: u32;
  steps: u32;
  customers: u32;
  anchors: u32;
  starts: u32;
  ends: u32;
  /** One byte each. */
  goesOn: u32;
  hashes: u32;
  /** Counts by distance from the event of interest and letter, added to. */
  distances: u32;
  letters: u32;
  /** The most steps of a journey. */
  limit: u32;
  /** 1 for journeys to the event of interest, 0 for those from it. */
  isToEvent: u32;
}

export function slice8(cut: usize, count: u32): void {
  slice<u8>(changetype<Cut>(cut), count);
}

export function slice16(cut: usize, count: u32): void {
  slice<u16>(changetype<Cut>(cut), count);
}

// @ts-ignore: a decorator
@inline
function slice<T>(cut: Cut, count: u32): void {
  const isToEvent = cut.isToEvent == 1;
  const limit = cut.limit;
  const row = <usize>cut.letters << 2;
  const direction: isize = isToEvent ? -(<isize>sizeof<T>()) : <isize>sizeof<T>();
  for (let journey: usize = 0; journey < <usize>count; journey++) {
    const entry = journey << 2;
    const customer = <usize>load<u32>(<usize>cut.customers + entry) << 2;
    const anchor = load<u32>(<usize>cut.anchors + entry);
    const first = load<u32>(<usize>cut.offsets + customer);
    const beyond = load<u32>(<usize>cut.offsets + customer, 4);
    const before = min(anchor - first, limit - 1);
    const after = min(beyond - anchor, limit);
    const start = isToEvent ? anchor - before : anchor;
    const end = isToEvent ? anchor + 1 : anchor + after;
    store<u32>(<usize>cut.starts + entry, start);
    store<u32>(<usize>cut.ends + entry, end);
    store<u8>(<usize>cut.goesOn + journey, <u8>(isToEvent ? start > first : end < beyond));
    let hash = end - start;
    let at = <usize>cut.steps + <usize>anchor * sizeof<T>();
    let cell = <usize>cut.distances;
    for (let left = end - start; left > 0; left--) {
      const letter = <u32>load<T>(at);
      const counted = cell + (<usize>letter << 2);
      store<u32>(counted, load<u32>(counted) + 1);
      hash = (hash ^ letter) * 0x9e3779b1;
      hash ^= hash >>> 15;
      at += direction;
      cell += row;
    }
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    store<u32>(<usize>cut.hashes + entry, hash ^ (hash >>> 16));
  }
}
