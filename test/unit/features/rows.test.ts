import { cutOffsOf } from '../../../core/features/cut-offs';
import { pastOf } from '../../../core/features/history';
import { RowSampler } from '../../../core/features/sample-rows';
import { labeller, memberOf } from '../../../core/features/targets';
import { propensitySpec } from '../../../schemas/propensity';
import { DAY, alphabet, historyOf } from './arbitrary';

const at = (day: number) => day * DAY;
const spec = propensitySpec.parse({
  name: 'churn',
  title: 'Churn',
  description: 'Leaves',
  population: { seenWithin: '30d', hadNot: ['churn'] },
  target: { within: '10d', events: ['churn'] },
  cutOffs: { every: '7d', train: 3, test: 2 },
});

describe('cut-offs', () => {
  const { train, test } = cutOffsOf(spec, at(100));

  it('end so early that every horizon has passed', () => {
    expect(test).toEqual([at(83), at(90)]);
  });

  it('learn from nothing that is still open when the tested period begins', () => {
    expect(train).toEqual([at(59), at(66), at(73)]);
    expect(train[2]! + spec.target.within).toBeLessThanOrEqual(test[0]!);
  });
});

describe('labels', () => {
  const history = historyOf([
    { at: at(50), letter: 2 },
    { at: at(60), letter: 3 },
  ]);

  it('are what happens from the cut-off on, before the end of the horizon', () => {
    const label = labeller(spec.target, alphabet);
    expect([at(50), at(50) + 1, at(60), at(60) + 1].map((cutOff) => label(history, cutOff))).toEqual([0, 1, 1, 0]);
  });

  it('of classes are the first that happens', () => {
    const { target } = propensitySpec.parse({
      ...spec,
      population: {},
      features: undefined,
      cutOffs: undefined,
      cadence: undefined,
      approval: undefined,
      training: undefined,
      gate: undefined,
      watch: undefined,
      target: { within: '20d', classes: { left: ['churn'], angry: ['complaint'] } },
    });
    const label = labeller(target, alphabet);
    expect([at(45), at(55), at(61)].map((cutOff) => label(history, cutOff))).toEqual([2, 1, 0]);
  });

  it('of scores are those of the first event that has one', () => {
    const target = { within: at(20), score: { events: ['complaint'], attribute: 'grade' } };
    const label = labeller(target, alphabet);
    const scored = { ...history, scores: [{ at: at(50), score: 4 }] };
    expect(label(scored, at(45))).toBe(4);
    expect(label(scored, at(51))).toBeUndefined();
    expect(label(history, at(45))).toBeUndefined();
  });
});

describe('the population', () => {
  const history = historyOf(
    [
      { at: at(50), letter: 1 },
      { at: at(60), letter: 3 },
    ],
    { records: [{ seenAt: at(55), attributes: { city: 'Bonn' } }] },
  );
  const isMember = (population: object, cutOff: number) =>
    memberOf({ ...spec.population, hadNot: [], ...population }, alphabet)(pastOf(history, cutOff));

  it('is who did something lately', () => {
    expect([at(50), at(50) + 1, at(80), at(91)].map((cutOff) => isMember({}, cutOff))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('is as it was then: who leaves later is in it', () => {
    expect([at(59), at(61)].map((cutOff) => isMember({ hadNot: ['churn'] }, cutOff))).toEqual([true, false]);
    expect([at(59), at(61)].map((cutOff) => isMember({ had: ['churn'] }, cutOff))).toEqual([false, true]);
    expect([at(55), at(56)].map((cutOff) => isMember({ attributes: { city: ['Bonn'] } }, cutOff))).toEqual([
      false,
      true,
    ]);
  });
});

describe('rows', () => {
  const sampler = new RowSampler(spec, alphabet, cutOffsOf(spec, at(100)));
  const everywhere = Array.from({ length: 100 }, (_, day) => ({ at: at(day), letter: 0 }));
  const customers = Array.from({ length: 2_000 }, (_, index) => historyOf(everywhere, { customerId: `c${index}` }));

  it('never learn from a customer that is tested, nor of a time that is', () => {
    const tested = customers.filter(({ customerId }) => sampler.isTested(customerId));
    expect(tested.length / customers.length).toBeCloseTo(0.3, 1);
    for (const history of customers.slice(0, 50)) {
      const cutOffs = sampler.rowsOf(history).map(({ past }) => past.cutOff);
      const { train, test } = cutOffsOf(spec, at(100));
      expect(cutOffs).toEqual(sampler.isTested(history.customerId) ? test : train);
    }
  });
});
