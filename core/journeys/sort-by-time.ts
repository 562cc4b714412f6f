/** Up to so many steps insertion is faster than a sort that allocates. */
const SHORT = 64;

/**
 * Sorts every customer's steps by time, in place; equal times keep their order. Steps that are in order already, as they
 * mostly come, cost one comparison each.
 */
export function sortByTime(offsets: Uint32Array, times: Float64Array, steps: Uint8Array | Uint16Array): void {
  for (let customer = 0; customer + 1 < offsets.length; customer++) {
    const start = offsets[customer] as number;
    const end = offsets[customer + 1] as number;
    if (isSorted(times, start, end)) continue;
    if (end - start <= SHORT) insertionSort(times, steps, start, end);
    else sortLong(times, steps, start, end);
  }
}

function isSorted(times: Float64Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at++) if ((times[at] as number) < (times[at - 1] as number)) return false;
  return true;
}

function insertionSort(times: Float64Array, steps: Uint8Array | Uint16Array, start: number, end: number): void {
  for (let at = start + 1; at < end; at++) {
    const time = times[at] as number;
    const step = steps[at] as number;
    let place = at;
    for (; place > start && (times[place - 1] as number) > time; place--) {
      times[place] = times[place - 1] as number;
      steps[place] = steps[place - 1] as number;
    }
    times[place] = time;
    steps[place] = step;
  }
}

function sortLong(times: Float64Array, steps: Uint8Array | Uint16Array, start: number, end: number): void {
  const order = Array.from({ length: end - start }, (_, index) => start + index);
  order.sort((a, b) => (times[a] as number) - (times[b] as number));
  const sortedTimes = order.map((at) => times[at] as number);
  const sortedSteps = order.map((at) => steps[at] as number);
  times.set(sortedTimes, start);
  steps.set(sortedSteps, start);
}
