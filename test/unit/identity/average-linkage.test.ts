import { averageLinkage } from '../../../core/identity/clustering/average-linkage';

/** Clusters of items with these weights between them. */
function clustersOf(weights: readonly (readonly number[])[], threshold = 0): number[] {
  const size = weights.length;
  const square = Float64Array.from({ length: size * size }, (_, at) => weights[Math.floor(at / size)]![at % size]!);
  const clusters = new Uint32Array(size);
  averageLinkage(square, size, threshold, clusters);
  return [...clusters];
}

it('joins what fits on average, and not by one strong pair alone', () => {
  // 0 and 1 are one, 2 and 3 are one, and 1 and 2 are alike while the others are not.
  const weights = [
    [0, 9, -5, -5],
    [9, 0, 4, -5],
    [-5, 4, 0, 9],
    [-5, -5, 9, 0],
  ];
  expect(clustersOf(weights)).toEqual([0, 0, 2, 2]);
});

it('lets one that fits most of a cluster join it', () => {
  const weights = [
    [0, 9, 6],
    [9, 0, -2],
    [6, -2, 0],
  ];
  expect(clustersOf(weights)).toEqual([0, 0, 0]);
  expect(clustersOf(weights, 3)).toEqual([0, 0, 2]);
});

it('names a cluster after its least member, in whatever order it grew', () => {
  const weights = [
    [0, -9, 3, 3],
    [-9, 0, -9, -9],
    [3, -9, 0, 9],
    [3, -9, 9, 0],
  ];
  expect(clustersOf(weights)).toEqual([0, 1, 0, 0]);
});
