import { KernelMemory } from '../kernels/kernel-memory';
import { MOST_TIERS, signatureTiers, type FoundWords, type WordScanner, type WordSearch } from './scan-words';
import { ROUNDING, costOf, mostDistance, type StepCosts } from './step-costs';
import { signatureOf, type Allocate, type WordIndex, type WordLength } from './word-index';

type Scan = (
  signatures: number,
  first: number,
  end: number,
  letters: number,
  length: number,
  pattern: number,
  most: number,
  words: number,
  distances: number,
) => number;

/** What kernels/similarity.ts exports. */
interface SimilarityKernel {
  readonly scan8: Scan;
  readonly scan16: Scan;
  readonly scanWeighted8: Scan;
  readonly scanWeighted16: Scan;
}

/** Words a call of the kernel looks at: as many it may find. */
const CHUNK = 65_536;
const PATTERN_BYTES = 128;
const TIER_BYTES = 24;

/** Memory for one index and the kernel that searches it. */
export class SimilarityMemory {
  private memory: KernelMemory | undefined;

  /** @param longest the most steps a pattern has */
  constructor(
    private readonly module: WebAssembly.Module,
    private readonly costs: StepCosts,
    private readonly longest: number,
  ) {}

  /** Where the index that the scanner is for goes. */
  readonly allocate: Allocate = (bytes) => {
    this.memory = new KernelMemory(bytes + scratchBytes(this.costs, this.longest));
    return { buffer: this.memory.buffer, byteOffset: this.memory.take(bytes) };
  };

  scanner(index: WordIndex): WordScanner {
    if (this.memory === undefined || index.signatures.buffer !== this.memory.buffer) {
      throw new TypeError('the index is not in the memory of the kernel');
    }
    return new KernelScanner(this.module, this.memory, index, this.longest);
  }
}

function blocksOf(length: number): number {
  return Math.max(1, Math.ceil(length / 64));
}

function scratchBytes({ step, exchange }: StepCosts, longest: number): number {
  const places = step.length * blocksOf(longest) * 8;
  const found = CHUNK * 12;
  const tables = step.length * 10 + exchange.length * 8 + MOST_TIERS * TIER_BYTES;
  return PATTERN_BYTES + places + found + tables + longest * 28 + 1024;
}

/** The same search as `PlainScanner`'s in a kernel, with the same answers. */
class KernelScanner implements WordScanner {
  private readonly kernel: SimilarityKernel;
  private readonly view: DataView;
  private readonly at: Readonly<Record<'pattern' | 'words' | 'distances' | 'room', number>>;
  private readonly tables: Readonly<Record<'step' | 'paired' | 'exchange' | 'tiers' | 'tierCount', number>>;
  private prepared: WordSearch | undefined;

  constructor(
    module: WebAssembly.Module,
    memory: KernelMemory,
    private readonly index: WordIndex,
    private readonly longest: number,
  ) {
    const imports = { env: { memory: memory.memory } };
    this.kernel = new WebAssembly.Instance(module, imports).exports as SimilarityKernel;
    this.view = new DataView(memory.buffer);
    this.tables = placeTables(memory, index);
    const { costs } = index;
    this.at = {
      pattern: memory.take(PATTERN_BYTES),
      words: memory.take(CHUNK * 4),
      distances: memory.take(CHUNK * 8),
      // Either the places of letters and two numbers a block, or the pattern's letters and a row.
      room: memory.take(Math.max(costs.step.length * blocksOf(longest) * 8 + longest + 64, longest * 12 + 64)),
    };
  }

  scan(search: WordSearch, range: WordLength, found: FoundWords): void {
    if (search.pattern.length > this.longest) throw new RangeError(`the pattern has more than ${this.longest} steps`);
    const { costs, letters } = this.index;
    if (this.prepared !== search) {
      if (costs.isUnit) this.prepareUnit(search);
      else this.prepareWeighted(search);
      this.prepared = search;
    }
    const isWide = letters.BYTES_PER_ELEMENT === 2;
    const { kernel } = this;
    if (costs.isUnit) {
      const most = Math.floor(mostDistance(Math.max(search.pattern.length, range.length), search.minSimilarity));
      this.run(isWide ? kernel.scan16 : kernel.scan8, range, most, found);
    } else {
      const cost = Math.max(costOf(costs, search.pattern), range.most);
      const roughly = mostDistance(cost, search.minSimilarity) + ROUNDING;
      this.run(isWide ? kernel.scanWeighted16 : kernel.scanWeighted8, range, roughly, found);
    }
  }

  private run(scan: Scan, { first, end, letters, length }: WordLength, most: number, found: FoundWords): void {
    const { signatures, letters: all } = this.index;
    for (let from = first; from < end; from += CHUNK) {
      const count = scan(
        signatures.byteOffset + from * 16,
        from,
        Math.min(end, from + CHUNK),
        all.byteOffset + (letters + (from - first) * length) * all.BYTES_PER_ELEMENT,
        length,
        this.at.pattern,
        most,
        this.at.words,
        this.at.distances,
      );
      for (let index = 0; index < count; index++) {
        found.words.push(this.view.getUint32(this.at.words + index * 4, true));
        found.distances.push(this.view.getFloat64(this.at.distances + index * 8, true));
      }
    }
  }

  private prepareSignature(search: WordSearch): void {
    signatureOf(this.index, search.pattern).forEach((part, index) => {
      this.view.setUint32(this.at.pattern + index * 4, part, true);
    });
  }

  /** `Pattern` of kernels/similarity.ts. */
  private prepareUnit(search: WordSearch): void {
    const { view, at } = this;
    const { pattern } = search;
    const blocks = blocksOf(pattern.length);
    const places = at.room;
    const placesLength = this.index.alphabet.length * blocks * 8;
    this.prepareSignature(search);
    [pattern.length, blocks, places, places + placesLength].forEach((value, index) => {
      view.setUint32(at.pattern + 16 + index * 4, value, true);
    });
    new Uint8Array(view.buffer, places, placesLength).fill(0);
    pattern.forEach((letter, index) => {
      const byte = places + (letter * blocks + (index >>> 6)) * 8 + ((index & 63) >>> 3);
      view.setUint8(byte, view.getUint8(byte) | (1 << (index & 7)));
    });
  }

  /** `Weighted` of kernels/similarity.ts. */
  private prepareWeighted(search: WordSearch): void {
    const { view, at, tables } = this;
    const { pattern, minSimilarity } = search;
    this.prepareSignature(search);
    [costOf(this.index.costs, pattern), 1 - minSimilarity, ROUNDING].forEach((value, index) => {
      view.setFloat64(at.pattern + 16 + index * 8, value, true);
    });
    const letters = at.room;
    const row = Math.ceil((letters + pattern.length * 2) / 8) * 8;
    const { tierCount, tiers, step, paired, exchange } = tables;
    const numbers = [pattern.length, tierCount, tiers, letters, step, paired, exchange, this.index.costs.size, row];
    numbers.forEach((value, index) => view.setUint32(at.pattern + 40 + index * 4, value, true));
    pattern.forEach((letter, index) => view.setUint16(letters + index * 2, letter, true));
  }
}

function placeTables(memory: KernelMemory, index: WordIndex): KernelScanner['tables'] {
  const { step, paired, exchange } = index.costs;
  const tiers = signatureTiers(index);
  const at = {
    step: memory.take(step.byteLength),
    paired: memory.take(paired.byteLength),
    exchange: memory.take(exchange.byteLength),
    tiers: memory.take(tiers.length * TIER_BYTES),
  };
  new Float64Array(memory.buffer, at.step, step.length).set(step);
  new Uint16Array(memory.buffer, at.paired, paired.length).set(paired);
  new Float64Array(memory.buffer, at.exchange, exchange.length).set(exchange);
  tiers.forEach(({ cost, mask }, tier) => {
    new Float64Array(memory.buffer, at.tiers + tier * TIER_BYTES, 1)[0] = cost;
    new Uint32Array(memory.buffer, at.tiers + tier * TIER_BYTES + 8, mask.length).set(mask);
  });
  return { ...at, tierCount: tiers.length };
}
