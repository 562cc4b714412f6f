/**
 * Solves a system of linear equations whose matrix is symmetric and positive definite, by Cholesky's decomposition.
 *
 * @param matrix by row; only what is on the diagonal and below it is read
 * @param values one a row
 */
export function solvePositiveDefinite(matrix: readonly Float64Array[], values: Float64Array): Float64Array {
  const lower = decomposed(matrix);
  const size = values.length;
  const solved = values.slice();
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) solved[row]! -= lower[row]![column]! * solved[column]!;
    solved[row]! /= lower[row]![row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let below = row + 1; below < size; below++) solved[row]! -= lower[below]![row]! * solved[below]!;
    solved[row]! /= lower[row]![row]!;
  }
  return solved;
}

/** The lower triangle that, times itself transposed, is the matrix. */
function decomposed(matrix: readonly Float64Array[]): Float64Array[] {
  const lower = matrix.map((row) => new Float64Array(row.length));
  matrix.forEach((given, row) => {
    for (let column = 0; column <= row; column++) {
      let rest = given[column] as number;
      for (let before = 0; before < column; before++) rest -= lower[row]![before]! * lower[column]![before]!;
      lower[row]![column] = row === column ? Math.sqrt(rest) : rest / lower[column]![column]!;
    }
  });
  return lower;
}
