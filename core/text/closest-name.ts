/**
 * The name that was probably meant: the nearest by edit distance, letter case aside, if no more than about a third
 * of the longer name differs. `undefined` when none is that near.
 */
export function closestName(wanted: string, names: Iterable<string>): string | undefined {
  let closest: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const longer = Math.max(wanted.length, name.length);
    const distance = editDistance(wanted.toLowerCase(), name.toLowerCase());
    if (distance < least && distance <= Math.ceil(longer / 3) && distance < longer) {
      least = distance;
      closest = name;
    }
  }
  return closest;
}

/** ` (did you mean "churn"?)`, or nothing when no name is near. */
export function didYouMean(wanted: string, names: Iterable<string>): string {
  const name = closestName(wanted, names);
  return name === undefined ? '' : ` (did you mean "${name}"?)`;
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one each. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const cost = (i: number, j: number) => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          cost(i - 1, j - 1) + (isSame ? 0 : 1),
          cost(i - 1, j) + 1,
          cost(i, j - 1) + 1,
          isSwapped ? cost(i - 2, j - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return cost(a.length, b.length);
}
