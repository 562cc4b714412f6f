import { calibrationDrift, isOff } from '../../../core/propensity/calibration-drift';
import { findingsOf, wantsTraining } from '../../../core/propensity/findings';
import type { WatchedModel } from '../../../ports/model-watch';

const DAY = 86_400_000;
const spec = { watch: { psi: 0.25, calibration: 1.5, stale: 2 * DAY }, cadence: 30 * DAY };
const still = { psi: 0.01, isBeyondChance: false };
const fits: WatchedModel = { knownUntil: 0, rows: 1_000, score: still, features: [{ feature: 'usage', ...still }] };
const soon = { knownUntil: DAY, now: 2 * DAY };
const kinds = (watched: WatchedModel | undefined, moment = soon) =>
  findingsOf(spec, watched, moment).map(({ kind }) => kind);

it('a model that fits is found nothing of', () => {
  expect(kinds(fits)).toEqual([]);
  expect(kinds(undefined)).toEqual([]);
});

it('a score that has drifted is told with the features that have most, and only where it is beyond chance', () => {
  const score = { psi: 0.3, isBeyondChance: true };
  const [finding] = findingsOf(spec, { ...fits, score }, soon);
  expect(finding).toEqual({
    kind: 'drift',
    says: 'the score has drifted (PSI 0.30), and most of all usage (0.01)',
  });
  expect(kinds({ ...fits, score: { ...score, isBeyondChance: false } })).toEqual([]);
  const features = [{ feature: 'usage', ...score }];
  expect(kinds({ ...fits, features })).toEqual([]);
});

it('a model is old by what it was learned from, and data is stale by the clock: that asks for no training', () => {
  expect(kinds(fits, { knownUntil: 30 * DAY, now: 30 * DAY })).toEqual(['age']);
  const stale = findingsOf(spec, fits, { knownUntil: DAY, now: 4 * DAY });
  expect(stale).toEqual([{ kind: 'stale', says: 'nothing has happened to anybody for 3 days' }]);
  expect([wantsTraining(stale), wantsTraining([{ kind: 'age', says: '' }])]).toEqual([false, true]);
});

describe('calibration in the large', () => {
  const rows = (hits: number) => Float32Array.from({ length: 1_000 }, (_, row) => (row < hits ? 1 : 0));
  const said = new Float32Array(1_000).fill(0.1);
  const off = (hits: number) => isOff(calibrationDrift({ kind: 'binary' }, rows(hits), said), 1.5);

  it('is off where far more or less happens than was expected, beyond chance', () => {
    expect([100, 140, 160, 60, 75].map(off)).toEqual([false, false, true, true, false]);
    const few = calibrationDrift({ kind: 'binary' }, rows(4).slice(0, 10), said.slice(0, 10));
    // Three more of ten customers: 3.2 standard errors.
    expect([isOff(few, 1.5), few.expected, few.observed]).toEqual([
      false,
      expect.closeTo(0.1, 6),
      expect.closeTo(0.4, 6),
    ]);
  });

  it('of classes tells of the one that is farthest off', () => {
    const labels = Float32Array.from({ length: 300 }, (_, row) => (row < 150 ? 2 : 0));
    const predicted = Float32Array.from({ length: 900 }, (_, at) => [0.5, 0.3, 0.2][at % 3]!);
    const found = calibrationDrift({ kind: 'classes', classes: ['none', 'shop', 'app'] }, labels, predicted);
    expect(found).toMatchObject({ of: 'app', observed: 0.5 });
    expect(isOff(found, 1.5)).toBe(true);
  });

  it('of numbers is off by a part of how much they differ', () => {
    const labels = Float32Array.from({ length: 500 }, (_, row) => 1 + (row % 5));
    const shifted = (by: number) =>
      calibrationDrift(
        { kind: 'score' },
        labels,
        labels.map((label) => label + by),
      );
    expect([isOff(shifted(0.2), 1.5), isOff(shifted(0.5), 1.5)]).toEqual([false, true]);
  });
});
