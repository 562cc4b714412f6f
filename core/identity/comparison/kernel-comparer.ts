import type { LinkageField } from '../../../schemas/linkage';
import { KernelMemory } from '../../kernels/kernel-memory';
import { MOST_THREADS } from '../../parallel/work';
import type { Comparison } from './agreement-levels';
import { LevelPacking, PlainComparer, type PairComparer } from './pair-comparer';
import { newRecordTable, tableBytes, type RecordTable } from '../records/record-table';

/** What kernels/identity.ts exports. */
interface KernelExports {
  comparePairs(table: number, a: number, b: number, count: number, packed: number): void;
}

/** The numbers of comparisons in the kernel; `category` is the one that has no text. */
const comparisonNumbers: Readonly<Record<Comparison, number>> = {
  name: 0,
  date: 1,
  phone: 2,
  email: 3,
  code: 4,
  postcode: 5,
  street: 6,
  city: 7,
  number: 8,
  category: 9,
  text: 10,
  fullname: 11,
  'name by edits': 12,
  'text by edits': 13,
};

/** Pairs a call of the kernel works on: few enough for their numbers to stay near. */
const CHUNK = 16_384;
const SCRATCH_BYTES = CHUNK * 16;
const TABLE_BYTES = 32;
const FIELD_BYTES = 8;
/** WebAssembly's addresses have 32 bits. */
const MOST_BYTES = 3.5e9;

/** A kernel over a table of records: what any thread needs to compare them. */
export interface TableKernel {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory<SharedArrayBuffer>;
  /** The addresses of the table as the kernel knows it, and of the scratch of thread 0; those of the others follow. */
  readonly table: number;
  readonly scratch: number;
}

/** Records as they are sent to other threads. */
export interface SharedRecords {
  readonly table: RecordTable;
  /** Absent where plain JavaScript compares. */
  readonly kernel?: TableKernel;
}

/** A table of records, and what compares them. */
export interface ComparableRecords extends SharedRecords {
  readonly comparer: PairComparer;
}

/** Room for records; in a kernel's memory where there is one, and where it can address them all. */
export function newRecords(
  fields: readonly LinkageField[],
  records: number,
  { files, kernel }: { readonly files?: Uint8Array | undefined; readonly kernel?: WebAssembly.Module | undefined } = {},
): ComparableRecords {
  const bytes = tableBytes(fields, records);
  const scratchBytes = MOST_THREADS * SCRATCH_BYTES;
  const all = bytes + TABLE_BYTES + fields.length * FIELD_BYTES + scratchBytes + 256;
  if (kernel === undefined || all > MOST_BYTES) {
    const table = newRecordTable(fields, records, { files });
    return { table, comparer: comparerOf({ table }) };
  }
  const memory = new KernelMemory<SharedArrayBuffer>(all, { shared: true });
  const byteOffset = memory.take(bytes);
  const table = newRecordTable(fields, records, { files, memory: { buffer: memory.buffer, byteOffset } });
  const described = describe(memory, table);
  const scratch = memory.take(scratchBytes);
  const shared = { table, kernel: { module: kernel, memory: memory.memory, table: described, scratch } };
  return { ...shared, comparer: comparerOf(shared) };
}

/**
 * What compares some records.
 *
 * @param thread whose comparer it is: no two threads use one
 */
export function comparerOf({ table, kernel }: SharedRecords, thread = 0): PairComparer {
  return kernel === undefined ? new PlainComparer(table) : new KernelComparer(kernel, table.layout.length, thread);
}

class KernelComparer implements PairComparer {
  readonly packing: LevelPacking;
  private readonly exports: KernelExports;
  private readonly scratch: { readonly a: Uint32Array; readonly b: Uint32Array; readonly packed: Float64Array };
  private all = new Float64Array(0);

  constructor(
    private readonly kernel: TableKernel,
    fields: number,
    thread: number,
  ) {
    const { module, memory } = kernel;
    this.packing = new LevelPacking(fields);
    this.exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
    const a = kernel.scratch + thread * SCRATCH_BYTES;
    this.scratch = {
      a: new Uint32Array(memory.buffer, a, CHUNK),
      b: new Uint32Array(memory.buffer, a + CHUNK * 4, CHUNK),
      packed: new Float64Array(memory.buffer, a + CHUNK * 8, CHUNK),
    };
  }

  compare(a: Uint32Array, b: Uint32Array): Float64Array {
    if (a.length <= CHUNK) return this.compareChunk(a, b);
    if (this.all.length < a.length) this.all = new Float64Array(a.length);
    for (let from = 0; from < a.length; from += CHUNK) {
      this.all.set(this.compareChunk(a.subarray(from, from + CHUNK), b.subarray(from, from + CHUNK)), from);
    }
    return this.all.subarray(0, a.length);
  }

  private compareChunk(a: Uint32Array, b: Uint32Array): Float64Array {
    const { scratch, exports, kernel } = this;
    scratch.a.set(a);
    scratch.b.set(b);
    exports.comparePairs(kernel.table, scratch.a.byteOffset, scratch.b.byteOffset, a.length, scratch.packed.byteOffset);
    return scratch.packed.subarray(0, a.length);
  }
}

/** Writes the kernel's `Table` and its `Field`s. Returns its address. */
function describe(memory: KernelMemory<SharedArrayBuffer>, { bytes, stride, layout, names }: RecordTable): number {
  const table = memory.take(TABLE_BYTES);
  const fields = memory.take(layout.length * FIELD_BYTES);
  const [given, family] = names ?? [layout.length, layout.length];
  const words = [bytes.byteOffset, stride, layout.length, fields, given, family];
  new Uint32Array(memory.buffer, table, words.length).set(words);
  layout.forEach(({ comparison, text }, index) => {
    new Uint32Array(memory.buffer, fields + index * FIELD_BYTES, 2).set([comparisonNumbers[comparison], text]);
  });
  return table;
}
