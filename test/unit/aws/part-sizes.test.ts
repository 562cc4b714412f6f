import { partsOf } from '../../../adapters/aws/s3/part-sizes';

async function* pieces(...lengths: number[]) {
  for (const [i, length] of lengths.entries()) yield Buffer.alloc(length, i);
}

describe('the parts of an upload', () => {
  it('are of one length but for the last, whatever the pieces are', async () => {
    const lengths: number[] = [];
    for await (const part of partsOf(pieces(3, 0, 25, 1, 10), 10)) lengths.push(part.length);
    expect(lengths).toEqual([10, 10, 10, 9]);
  });

  it('have the bytes in their order', async () => {
    const parts: Buffer[] = [];
    for await (const part of partsOf(pieces(3, 2, 4), 4)) parts.push(part);
    expect([...Buffer.concat(parts)]).toEqual([0, 0, 0, 1, 1, 2, 2, 2, 2]);
  });

  it('are none of nothing', async () => {
    for await (const part of partsOf(pieces(0, 0), 4)) throw new Error(`a part of ${part.length} bytes`);
  });

  it('double after every thousand, so that ten thousand are enough', async () => {
    const lengths: number[] = [];
    for await (const part of partsOf(pieces(...Array<number>(70).fill(100)), 1)) lengths.push(part.length);
    expect(lengths.slice(998, 1_002)).toEqual([1, 1, 2, 2]);
    expect(lengths.slice(1_999, 2_001)).toEqual([2, 4]);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(7_000);
  });
});
