/**
 * The first `limit` of the numbers 0 … `size` - 1 in the order of `compare`, which must be total. A bounded binary heap
 * (the last of the kept ones on top) takes O(size · log limit), and mostly one comparison a number.
 */
export function selectTop(size: number, limit: number, compare: (a: number, b: number) => number): number[] {
  const heap: number[] = [];
  for (let candidate = 0; candidate < size; candidate++) {
    if (heap.length < limit) {
      heap.push(candidate);
      siftUp(heap, compare);
    } else if (compare(candidate, heap[0] as number) < 0) {
      heap[0] = candidate;
      siftDown(heap, compare);
    }
  }
  return heap.sort(compare);
}

function siftUp(heap: number[], compare: (a: number, b: number) => number): void {
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (compare(heap[child] as number, heap[parent] as number) <= 0) return;
    swap(heap, child, parent);
    child = parent;
  }
}

function siftDown(heap: number[], compare: (a: number, b: number) => number): void {
  let parent = 0;
  for (;;) {
    const left = 2 * parent + 1;
    if (left >= heap.length) return;
    const right = left + 1;
    const later = right < heap.length && compare(heap[right] as number, heap[left] as number) > 0 ? right : left;
    if (compare(heap[later] as number, heap[parent] as number) <= 0) return;
    swap(heap, later, parent);
    parent = later;
  }
}

function swap(heap: number[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b] as number, heap[a] as number];
}
