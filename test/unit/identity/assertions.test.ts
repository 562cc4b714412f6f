import { mergeAssertions, refuseContradiction, splitAssertions } from '../../../core/identity/resolution/assertions';

const same = (profileA: string, profileB: string) => ({ profileA, profileB, kind: 'same' as const });
const different = (profileA: string, profileB: string) => ({ profileA, profileB, kind: 'different' as const });

describe('assertions', () => {
  it('of a merge are about every two of the profiles', () => {
    const merged = mergeAssertions(['c', 'a', 'b', 'a'], ['a', 'b', 'c'], []);
    expect(merged).toEqual([same('a', 'c'), same('b', 'c'), same('a', 'b')]);
  });

  it('of a merge revoke what held other profiles of the same customers apart, and nothing else', () => {
    const earlier = [different('a', 'b'), different('a', 'y'), different('a', 'z'), same('x', 'y')];
    expect(mergeAssertions(['a', 'b'], ['a', 'b', 'x', 'y'], earlier)).toEqual([same('a', 'b'), same('a', 'y')]);
  });

  it('of a split hold the profiles apart from the rest of their customer, and not from one another', () => {
    expect(splitAssertions(['a', 'd'], ['a', 'b', 'd'])).toEqual([different('a', 'b'), different('b', 'd')]);
  });

  it('of a split of all that a customer has hold them apart from one another', () => {
    expect(splitAssertions(['a', 'b'], ['a', 'b'])).toEqual([different('a', 'b')]);
    expect(splitAssertions(['a'], ['a'])).toEqual([]);
  });

  it('that revoke earlier ones of the same profiles are no contradiction', () => {
    expect(() => refuseContradiction([same('a', 'b'), different('b', 'c')], [different('a', 'b')])).not.toThrow();
  });

  it('that cannot all hold, if only by way of others, are refused', () => {
    const earlier = [same('a', 'b'), different('a', 'c')];
    expect(() => refuseContradiction(earlier, [same('b', 'c')])).toThrow(
      /^identity_assertions: "b" and "c" are said to be one person, yet to be held apart, themselves or by way of others/,
    );
    expect(() => refuseContradiction([same('a', 'b'), same('b', 'c')], [different('a', 'c')])).toThrow(/held apart/);
  });
});
