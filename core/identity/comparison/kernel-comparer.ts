import type { LinkageField } from '../../../schemas/linkage';
import { KernelMemory } from '../../kernels/kernel-memory';
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

/** Pairs a call of the kernel works on. */
const CHUNK = 65_536;
const TABLE_BYTES = 32;
const FIELD_BYTES = 8;
/** WebAssembly's addresses have 32 bits. */
const MOST_BYTES = 3.5e9;

/** A table of records, and what compares them. */
export interface ComparableRecords {
  readonly table: RecordTable;
  readonly comparer: PairComparer;
}

/** Room for records; in a kernel's memory where there is one, and where it can address them all. */
export function newRecords(
  fields: readonly LinkageField[],
  records: number,
  { files, kernel }: { readonly files?: Uint8Array | undefined; readonly kernel?: WebAssembly.Module | undefined } = {},
): ComparableRecords {
  const bytes = tableBytes(fields, records);
  const scratch = TABLE_BYTES + fields.length * FIELD_BYTES + CHUNK * 16 + 256;
  if (kernel === undefined || bytes + scratch > MOST_BYTES) {
    const table = newRecordTable(fields, records, { files });
    return { table, comparer: new PlainComparer(table) };
  }
  const memory = new KernelMemory(bytes + scratch);
  const byteOffset = memory.take(bytes);
  const table = newRecordTable(fields, records, { files, memory: { buffer: memory.buffer, byteOffset } });
  return { table, comparer: new KernelComparer(kernel, memory, table) };
}

class KernelComparer implements PairComparer {
  readonly packing: LevelPacking;
  private readonly kernel: KernelExports;
  private readonly at: Readonly<Record<'table' | 'a' | 'b' | 'packed', number>>;
  private all = new Float64Array(0);

  constructor(
    module: WebAssembly.Module,
    private readonly memory: KernelMemory,
    table: RecordTable,
  ) {
    this.packing = new LevelPacking(table.layout.length);
    this.kernel = new WebAssembly.Instance(module, { env: { memory: memory.memory } })
      .exports as unknown as KernelExports;
    this.at = {
      table: this.describe(table),
      a: memory.take(CHUNK * 4),
      b: memory.take(CHUNK * 4),
      packed: memory.take(CHUNK * 8),
    };
  }

  compare(a: Uint32Array, b: Uint32Array): Float64Array {
    if (this.all.length < a.length) this.all = new Float64Array(a.length);
    const { at, memory } = this;
    for (let from = 0; from < a.length; from += CHUNK) {
      const to = Math.min(a.length, from + CHUNK);
      new Uint32Array(memory.buffer, at.a, to - from).set(a.subarray(from, to));
      new Uint32Array(memory.buffer, at.b, to - from).set(b.subarray(from, to));
      this.kernel.comparePairs(at.table, at.a, at.b, to - from, at.packed);
      this.all.set(new Float64Array(memory.buffer, at.packed, to - from), from);
    }
    return this.all.subarray(0, a.length);
  }

  /** Writes the kernel's `Table` and its `Field`s. Returns its address. */
  private describe({ bytes, stride, layout, names }: RecordTable): number {
    const { memory } = this;
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
}
