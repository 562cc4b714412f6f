import { JourneyWordsBuilder } from '../../../core/journeys/words';

describe('JourneyWordsBuilder', () => {
  it('lays batches out one after the other, growing as needed', () => {
    const builder = new JourneyWordsBuilder(['a', 'b'], { customers: 1, steps: 1 });
    builder.append([[0, 1], []], [[10n, 20n], []]);
    builder.append([Uint16Array.of(1, 1, 0)], [Float64Array.of(1, 2, 3)]);
    const words = builder.build();
    expect(words.customers).toBe(3);
    expect([...words.offsets]).toEqual([0, 2, 2, 5]);
    expect([...words.steps]).toEqual([0, 1, 1, 1, 0]);
    expect([...words.times]).toEqual([10, 20, 1, 2, 3]);
  });

  it('holds a letter in one byte up to 256 step types, in two beyond', () => {
    const types = Array.from({ length: 257 }, (_, index) => `t${index}`);
    expect(new JourneyWordsBuilder(types.slice(0, 256)).build().steps).toBeInstanceOf(Uint8Array);
    const builder = new JourneyWordsBuilder(types);
    builder.append([[256]], [[0]]);
    expect([...builder.build().steps]).toEqual([256]);
  });

  it('refuses words that do not fit', () => {
    const builder = new JourneyWordsBuilder(['a']);
    expect(() => builder.append([[0]], [[]])).toThrow('1 steps but 0 times');
    expect(() => builder.append([[1]], [[0]])).toThrow('the alphabet ends at 0');
    const types = Array.from({ length: 65_537 }, (_, index) => `t${index}`);
    expect(() => new JourneyWordsBuilder(types)).toThrow('65537 different events');
  });
});
