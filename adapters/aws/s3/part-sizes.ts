/** S3 takes 10,000 parts: after so many of them parts double, so that an object of unknown size fits all the same. */
const PARTS_OF_A_SIZE = 1_000;

/**
 * Gathers pieces of any length into parts.
 *
 * @param partBytes the length of the first thousand parts; the next thousand are twice as long, and so on
 */
export async function* partsOf(pieces: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Buffer> {
  let part: Part | undefined;
  let sent = 0;
  for await (const piece of pieces) {
    for (let taken = 0; taken < piece.length;) {
      part ??= new Part(partBytes * 2 ** Math.floor(sent / PARTS_OF_A_SIZE));
      taken += part.take(piece, taken);
      if (!part.isFull) continue;
      yield part.content();
      part = undefined;
      sent++;
    }
  }
  if (part !== undefined) yield part.content();
}

/** Bytes are copied once into a part: a source may use its pieces anew. */
class Part {
  private readonly buffer: Buffer;
  private length = 0;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafeSlow(size);
  }

  get isFull(): boolean {
    return this.length === this.buffer.length;
  }

  /** Takes what there is room for of a piece from an offset on; returns how much. */
  take(piece: Uint8Array, from: number): number {
    const taken = Math.min(piece.length - from, this.buffer.length - this.length);
    this.buffer.set(piece.subarray(from, from + taken), this.length);
    this.length += taken;
    return taken;
  }

  content(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}
