/**
 * Joins the two clusters that fit best on average, again and again, while any two fit better than a threshold (average
 * linkage, Sokal and Michener 1958).
 *
 * @param weights a square of `size` rows, symmetric; it is used up
 * @param clusters where to write the cluster of each of them: the least of its members
 */
export function averageLinkage(weights: Float64Array, size: number, threshold: number, clusters: Uint32Array): void {
  const alive = Uint32Array.from({ length: size }, (_, index) => index);
  const sizes = new Uint32Array(size).fill(1);
  for (let item = 0; item < size; item++) clusters[item] = item;
  for (let left = size; left > 1; left--) {
    let most = threshold;
    let into = -1;
    let from = -1;
    for (let x = 0; x < left; x++) {
      const row = (alive[x] as number) * size;
      for (let y = x + 1; y < left; y++) {
        const weight = weights[row + (alive[y] as number)] as number;
        if (weight <= most) continue;
        most = weight;
        into = x;
        from = y;
      }
    }
    if (from < 0) return;
    join(weights, size, alive.subarray(0, left), sizes, into, from);
    const [kept, gone] = [alive[into] as number, alive[from] as number];
    for (let item = 0; item < size; item++) if (clusters[item] === gone) clusters[item] = kept;
    // In order, so that the first of a cluster stays its least member.
    alive.copyWithin(from, from + 1, left);
  }
}

/** The weight between joined clusters and any other is the mean over their members. */
function join(
  weights: Float64Array,
  size: number,
  alive: Uint32Array,
  sizes: Uint32Array,
  into: number,
  from: number,
): void {
  const [kept, gone] = [alive[into] as number, alive[from] as number];
  const [ofKept, ofGone] = [sizes[kept] as number, sizes[gone] as number];
  for (let at = 0; at < alive.length; at++) {
    const other = alive[at] as number;
    if (other === kept || other === gone) continue;
    const average =
      ((weights[kept * size + other] as number) * ofKept + (weights[gone * size + other] as number) * ofGone) /
      (ofKept + ofGone);
    weights[kept * size + other] = weights[other * size + kept] = average;
  }
  sizes[kept] = ofKept + ofGone;
}
