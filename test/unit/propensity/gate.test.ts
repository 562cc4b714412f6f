import type { Measures } from '../../../core/propensity/evaluate';
import { judge } from '../../../core/propensity/gate';
import { propensitySpec } from '../../../schemas/propensity';

const gateOf = (gate: object) => ({ gate: propensitySpec.shape.gate.parse(gate) });
const binary = (auc: number, ece = 0.01, hits = 20) =>
  ({ rows: 100, hits, auc, prAuc: 0.3, logLoss: 0.4, ece }) as unknown as Measures;
const score = (rmse: number) => ({ rows: 100, rmse, mae: rmse, r2: 1 - rmse }) as Measures;

describe('a gate', () => {
  it('holds a first model against its own limits', () => {
    expect(judge(gateOf({ least: 0.7 }), 'binary', binary(0.71))).toMatchObject({
      passes: true,
      metric: 'auc',
      challenger: 0.71,
    });
    expect(judge(gateOf({ least: 0.7 }), 'binary', binary(0.69)).passes).toBe(false);
    expect(judge(gateOf({ ece: 0.02 }), 'binary', binary(0.9, 0.03)).reasons).toEqual([
      'calibration error 0.0300, wanted at most 0.02: refused',
    ]);
  });

  it('wants a challenger as good as the deployed model, or better by so much', () => {
    expect(judge(gateOf({}), 'binary', binary(0.8), binary(0.8)).passes).toBe(true);
    expect(judge(gateOf({}), 'binary', binary(0.799), binary(0.8)).passes).toBe(false);
    expect(judge(gateOf({ better: 0.01 }), 'binary', binary(0.805), binary(0.8)).passes).toBe(false);
    expect(judge(gateOf({ better: -0.01 }), 'binary', binary(0.795), binary(0.8)).passes).toBe(true);
  });

  it('takes less of an error for better', () => {
    const gate = gateOf({ metric: 'rmse', least: 0.5 });
    expect(judge(gate, 'score', score(0.4), score(0.5)).passes).toBe(true);
    expect(judge(gate, 'score', score(0.6)).passes).toBe(false);
    expect(judge(gate, 'score', score(0.45), score(0.4)).passes).toBe(false);
  });

  it('lets nothing pass that cannot be measured, nor be compared', () => {
    expect(judge(gateOf({}), 'binary', binary(Number.NaN)).passes).toBe(false);
    expect(judge(gateOf({}), 'binary', binary(0.8, Number.NaN)).passes).toBe(false);
    expect(judge(gateOf({}), 'binary', binary(0.8), binary(Number.NaN)).passes).toBe(false);
  });

  it('lets nothing pass that was tested with hardly anybody to whom it happened, or did not', () => {
    expect(judge(gateOf({}), 'binary', binary(0.96, 0.01, 10)).passes).toBe(true);
    expect(judge(gateOf({}), 'binary', binary(0.96, 0.01, 1))).toMatchObject({
      passes: false,
      reasons: [
        'it happened to 1 of 100 that were tested, wanted at least 10 with, and without: refused',
        expect.stringContaining('calibration error'),
      ],
    });
    expect(judge(gateOf({}), 'binary', binary(0.96, 0.01, 95)).passes).toBe(false);
  });

  it('names a measure that the target does not have', () => {
    expect(() => judge(gateOf({ metric: 'rmse' }), 'binary', binary(0.8))).toThrow(
      'gate.metric: "rmse" is no measure of such a target; there are auc, pr-auc, log-loss',
    );
  });
});
