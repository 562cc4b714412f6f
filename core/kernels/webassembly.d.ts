/** What the hub uses of WebAssembly: TypeScript declares it among browsers' globals only. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory<Buffer extends ArrayBufferLike = ArrayBuffer> {
    constructor(descriptor: { initial: number; maximum: number; shared?: boolean });
    readonly buffer: Buffer;
  }
  class Instance {
    constructor(module: Module, imports: { env: { memory: Memory<ArrayBufferLike> } });
    readonly exports: object;
  }
}
