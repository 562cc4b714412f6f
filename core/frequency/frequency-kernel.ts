import { KernelMemory } from '../kernels/kernel-memory';
import type { IndexedWords } from '../journeys/step-places';
import type { Anchors } from './anchor-list';
import type { CutJourneys, CutQuestion } from './cut';

/** What kernels/frequency.ts exports. */
interface KernelExports {
  firstPlaces(places: number, count: number, offsets: number, walk: number, customers: number, anchors: number): number;
  slice8(cut: number, count: number): void;
  slice16(cut: number, count: number): void;
}

/** Journeys a call of the kernel works on. */
const CHUNK = 65_536;
const WALK_BYTES = 8;
const CUT_BYTES = 48;
/** Distances counted in the kernel: longer questions are rare, and are answered without it. */
const MOST_DISTANCES = 100;
/** WebAssembly's addresses have 32 bits; some are left for what is beside the words. */
const MOST_BYTES = 3.5e9;

type Scratch = Readonly<
  Record<'walk' | 'cut' | 'customers' | 'anchors' | 'starts' | 'ends' | 'goesOn' | 'hashes' | 'distances', number>
>;

/** The innermost loops of the frequency analyzer in WebAssembly, with the words in its memory. */
export class FrequencyKernel {
  private constructor(
    private readonly exports: KernelExports,
    private readonly memory: KernelMemory,
    private readonly words: IndexedWords['words'],
    private readonly at: Scratch,
  ) {}

  /** The words moved into the memory of a kernel; as they are where it could not address them. */
  static load(indexed: IndexedWords, module: WebAssembly.Module): IndexedWords {
    const { words, places } = indexed;
    const scratch = scratchBytes(words.alphabet.length);
    const bytes = words.offsets.byteLength + words.steps.byteLength + places.byteLength;
    if (bytes + scratch > MOST_BYTES) return indexed;
    const memory = new KernelMemory(bytes + scratch);
    const moved = {
      ...words,
      offsets: moveTo(memory, words.offsets),
      steps: moveTo(memory, words.steps),
    };
    const movedPlaces = moveTo(memory, places);
    const exports = new WebAssembly.Instance(module, { env: { memory: memory.memory } }).exports as KernelExports;
    const kernel = new FrequencyKernel(exports, memory, moved, takeScratch(memory, words.alphabet.length));
    return { ...indexed, words: moved, places: movedPlaces, kernel };
  }

  /** Each customer's first of the places of a step type; undefined for places that are not in the kernel's memory. */
  firstPlaces(places: Uint32Array): Anchors | undefined {
    if (places.buffer !== this.memory.buffer) return undefined;
    const { at } = this;
    const walk = new Int32Array(this.memory.buffer, at.walk, 2);
    walk[0] = -1;
    walk[1] = 0;
    const customers = new Uint32Array(places.length);
    const anchors = new Uint32Array(places.length);
    let found = 0;
    for (let from = 0; from < places.length; from += CHUNK) {
      const count = this.exports.firstPlaces(
        places.byteOffset + from * 4,
        Math.min(CHUNK, places.length - from),
        this.words.offsets.byteOffset,
        at.walk,
        at.customers,
        at.anchors,
      );
      customers.set(this.numbers(at.customers, count), found);
      anchors.set(this.numbers(at.anchors, count), found);
      found += count;
    }
    return { customers: customers.subarray(0, found), anchors: anchors.subarray(0, found) };
  }

  /** `sliceWords` of cut-journeys.ts; undefined for a question that the kernel has no room for. */
  slice(found: Anchors, { as, steps: limit }: Pick<CutQuestion, 'as' | 'steps'>): CutJourneys | undefined {
    if (limit > MOST_DISTANCES) return undefined;
    const { at, words } = this;
    const journeys = found.anchors.length;
    const starts = new Uint32Array(journeys);
    const ends = new Uint32Array(journeys);
    const goesOn = new Uint8Array(journeys);
    const hashes = new Uint32Array(journeys);
    const distances = this.numbers(at.distances, limit * words.alphabet.length);
    distances.fill(0);
    this.describeCut(limit, as === 'end');
    const slice = words.steps.BYTES_PER_ELEMENT === 1 ? this.exports.slice8 : this.exports.slice16;
    for (let from = 0; from < journeys; from += CHUNK) {
      const to = Math.min(from + CHUNK, journeys);
      const count = to - from;
      this.numbers(at.customers, count).set(found.customers.subarray(from, to));
      this.numbers(at.anchors, count).set(found.anchors.subarray(from, to));
      slice(at.cut, count);
      starts.set(this.numbers(at.starts, count), from);
      ends.set(this.numbers(at.ends, count), from);
      goesOn.set(new Uint8Array(this.memory.buffer, at.goesOn, count), from);
      hashes.set(this.numbers(at.hashes, count), from);
    }
    const { alphabet, steps } = words;
    const edges = as === 'end' ? starts : lastOf(ends);
    return { ...found, alphabet, steps, starts, ends, edges, goesOn, hashes, distances: distances.slice() };
  }

  /** `Cut` of kernels/frequency.ts. */
  private describeCut(limit: number, isToEvent: boolean): void {
    const { at, words } = this;
    const { offsets, steps, alphabet } = words;
    this.numbers(at.cut, CUT_BYTES / 4).set([
      ...[offsets.byteOffset, steps.byteOffset, at.customers, at.anchors, at.starts, at.ends, at.goesOn, at.hashes],
      ...[at.distances, alphabet.length, limit, isToEvent ? 1 : 0],
    ]);
  }

  private numbers(address: number, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.memory.buffer, address, length);
  }
}

function scratchBytes(letters: number): number {
  return WALK_BYTES + CUT_BYTES + CHUNK * 21 + MOST_DISTANCES * letters * 4 + 512;
}

function takeScratch(memory: KernelMemory, letters: number): Scratch {
  return {
    walk: memory.take(WALK_BYTES),
    cut: memory.take(CUT_BYTES),
    customers: memory.take(CHUNK * 4),
    anchors: memory.take(CHUNK * 4),
    starts: memory.take(CHUNK * 4),
    ends: memory.take(CHUNK * 4),
    goesOn: memory.take(CHUNK),
    hashes: memory.take(CHUNK * 4),
    distances: memory.take(MOST_DISTANCES * letters * 4),
  };
}

function moveTo<T extends Uint8Array | Uint16Array | Uint32Array>(memory: KernelMemory, array: T): T {
  const type = array.constructor as new (buffer: ArrayBuffer, at: number, length: number) => T;
  const moved = new type(memory.buffer, memory.take(array.byteLength), array.length);
  moved.set(array);
  return moved;
}

function lastOf(ends: Uint32Array): Uint32Array {
  const last = new Uint32Array(ends.length);
  for (let journey = 0; journey < ends.length; journey++) last[journey] = (ends[journey] as number) - 1;
  return last;
}
