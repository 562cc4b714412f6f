import fc from 'fast-check';
import {
  LEAST_P,
  differenceInterval,
  equalityPValue,
  falseDiscoveryRates,
  wilsonInterval,
  type Proportion,
} from '../../../core/statistics/proportions';

const proportions: fc.Arbitrary<Proportion> = fc
  .integer({ min: 1, max: 5000 })
  .chain((of) => fc.record({ count: fc.integer({ min: 0, max: of }), of: fc.constant(of) }));

describe('the interval of a proportion', () => {
  it('is that of the literature', () => {
    // Newcombe 1998 (Interval estimation for the single proportion), table I, method 3.
    const published: [number, number, number, number][] = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [count, of, lower, upper] of published) {
      const interval = wilsonInterval({ count, of });
      expect(interval[0]).toBeCloseTo(lower, 4);
      expect(interval[1]).toBeCloseTo(upper, 4);
    }
  });

  it('holds the proportion and stays within 0 and 1', () => {
    fc.assert(
      fc.property(proportions, ({ count, of }) => {
        const [lower, upper] = wilsonInterval({ count, of });
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        expect(lower).toBeLessThanOrEqual(count / of);
        expect(upper).toBeGreaterThanOrEqual(count / of);
      }),
    );
    expect(wilsonInterval({ count: 0, of: 0 })).toEqual([0, 1]);
  });
});

describe('the interval of a difference', () => {
  it('is that of the literature', () => {
    // Newcombe 1998 (Interval estimation for the difference), table II, method 10.
    const published: [Proportion, Proportion, number, number][] = [
      [{ count: 56, of: 70 }, { count: 48, of: 80 }, 0.0524, 0.3339],
      [{ count: 9, of: 10 }, { count: 3, of: 10 }, 0.1705, 0.809],
      [{ count: 10, of: 10 }, { count: 0, of: 20 }, 0.6791, 1],
    ];
    for (const [a, b, lower, upper] of published) {
      const interval = differenceInterval(a, b);
      expect(interval[0]).toBeCloseTo(lower, 4);
      expect(interval[1]).toBeCloseTo(upper, 4);
    }
  });

  it('turns its signs when the groups change places', () => {
    fc.assert(
      fc.property(proportions, proportions, (a, b) => {
        const [lower, upper] = differenceInterval(a, b);
        const [other, another] = differenceInterval(b, a);
        expect(lower).toBeCloseTo(-another, 12);
        expect(upper).toBeCloseTo(-other, 12);
      }),
    );
  });
});

describe('the p-value of equality', () => {
  it('is that of the chi-squared test without correction', () => {
    // 15/100 against 30/100: chi-squared 6.4516, p 0.01109.
    expect(equalityPValue({ count: 15, of: 100 }, { count: 30, of: 100 })).toBeCloseTo(0.01109, 5);
    expect(equalityPValue({ count: 50, of: 100 }, { count: 50, of: 100 })).toBeCloseTo(1, 6);
    expect(equalityPValue({ count: 0, of: 10_000 }, { count: 9_000, of: 10_000 })).toBe(LEAST_P);
  });

  it('is not given where it would be no approximation', () => {
    expect(equalityPValue({ count: 1, of: 10 }, { count: 3, of: 10 })).toBeUndefined();
    expect(equalityPValue({ count: 0, of: 0 }, { count: 3, of: 10 })).toBeUndefined();
  });
});

it('corrects p-values by Benjamini and Hochberg', () => {
  // Benjamini, Hochberg 1995, section 4.1: four of the fifteen are significant at 0.05.
  const published = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ];
  const rates = falseDiscoveryRates(published.toReversed()).toReversed();
  expect(rates.filter((rate) => rate <= 0.05)).toHaveLength(4);
  expect(rates[3]).toBeCloseTo(0.035625, 6);
  expect(rates.at(-1)).toBe(1);
  expect(falseDiscoveryRates([])).toEqual([]);
});
