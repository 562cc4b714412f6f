import { solvePositiveDefinite } from '../../../core/statistics/positive-definite';

it('solves what it is given', () => {
  const matrix = [
    [4, 2, 0.6],
    [2, 5, 1],
    [0.6, 1, 3],
  ];
  const solved = solvePositiveDefinite(
    matrix.map((row) => Float64Array.from(row)),
    Float64Array.of(1, -2, 3),
  );
  const values = matrix.map((row) => row.reduce((sum, own, column) => sum + own * solved[column]!, 0));
  [1, -2, 3].forEach((wanted, row) => expect(values[row]).toBeCloseTo(wanted, 12));
});
