const PAGE_BYTES = 65_536;
/** An address of 0 would be null. */
const FIRST = 16;

/** Memory of a kernel, given out from the front, never back; its size is known from the start. */
export class KernelMemory {
  readonly memory: WebAssembly.Memory;
  private next = FIRST;

  constructor(bytes: number) {
    const pages = Math.ceil((bytes + FIRST) / PAGE_BYTES) + 1;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  }

  /** The address of so many bytes, at a multiple of 16. */
  take(bytes: number): number {
    const at = this.next;
    this.next = Math.ceil((at + bytes) / 16) * 16;
    if (this.next > this.memory.buffer.byteLength) throw new RangeError(`a kernel has no room for ${bytes} bytes more`);
    return at;
  }

  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }
}
