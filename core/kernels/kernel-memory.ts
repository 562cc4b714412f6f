const PAGE_BYTES = 65_536;
/** An address of 0 would be null. */
const FIRST = 16;

/**
 * Memory of a kernel, given out from the front, never back; its size is known from the start. That of a kernel which was
 * compiled for it is a `SharedArrayBuffer`.
 */
export class KernelMemory<Buffer extends ArrayBufferLike = ArrayBuffer> {
  readonly memory: WebAssembly.Memory<Buffer>;
  private next = FIRST;

  constructor(bytes: number, { shared = false }: { readonly shared?: boolean } = {}) {
    const pages = Math.ceil((bytes + FIRST) / PAGE_BYTES) + 1;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  }

  /** The address of so many bytes, at a multiple of 16. */
  take(bytes: number): number {
    const at = this.next;
    this.next = Math.ceil((at + bytes) / 16) * 16;
    if (this.next > this.memory.buffer.byteLength) throw new RangeError(`a kernel has no room for ${bytes} bytes more`);
    return at;
  }

  get buffer(): Buffer {
    return this.memory.buffer;
  }
}
