import fc from 'fast-check';
import { expectationOf } from '../../../core/kpis/anomaly';

/** Values of the weeks before, the newest first; other days have none. */
const weekly = (values: readonly (number | null)[]) => (days: number) =>
  days % 7 === 0 ? (values[days / 7 - 1] ?? null) : 1_000_000;

it('the same weekday of the last eight weeks says what may be expected, and whether a value is far from it', () => {
  const before = weekly([100, 104, 96, 101, 99, 103, 97, 100]);
  expect(expectationOf(102, before)).toEqual({ expected: 100, anomalous: false });
  expect(expectationOf(140, before)).toEqual({ expected: 100, anomalous: true });
  expect(expectationOf(60, before)).toEqual({ expected: 100, anomalous: true });
});

it('one week that was odd makes neither another odd nor this one usual', () => {
  expect(expectationOf(101, weekly([100, 500, 99, 101, 100]))).toEqual({ expected: 100, anomalous: false });
});

it('nothing is expected of fewer than four weeks', () => {
  expect(expectationOf(5, weekly([1, null, 1, 1, null]))).toBeUndefined();
  expect(expectationOf(5, weekly([1, null, 1, 1, null, 1]))).toEqual({ expected: 1, anomalous: true });
});

it('what is always the same may differ a little', () => {
  const always = weekly([50, 50, 50, 50, 50]);
  expect(expectationOf(52, always)?.anomalous).toBe(false);
  expect(expectationOf(60, always)?.anomalous).toBe(true);
  expect(expectationOf(0, weekly([0, 0, 0, 0]))).toEqual({ expected: 0, anomalous: false });
});

it('does not depend on the unit', () => {
  const value = fc.double({ min: 1, max: 1_000, noNaN: true });
  fc.assert(
    fc.property(value, fc.array(value, { minLength: 4, maxLength: 8 }), (given, weeks) => {
      const times = weeks.map((one) => one * 1_024);
      expect(expectationOf(given * 1_024, weekly(times))?.anomalous).toBe(
        expectationOf(given, weekly(weeks))?.anomalous,
      );
    }),
  );
});
