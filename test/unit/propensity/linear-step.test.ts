import { linearStep } from '../../../core/propensity/baselines';

it('a linear model takes half steps, and the shorter ones the rarer hits are', () => {
  expect([0.5, 0.26].map(linearStep)).toEqual([0.5, 0.5]);
  expect(linearStep(0.008)).toBeCloseTo(0.156, 3);
  expect(linearStep(0.003)).toBeCloseTo(0.07, 3);
});
